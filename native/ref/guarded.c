/*
 * guarded: the shim's guard without Java. What the core and a module abort with and throw are errors of the call, and this
 * process goes on. For platforms on which no JVM runs the tests.
 *
 *   guarded MODULE ROUNDS      MODULE is the one of failing_module.cpp; prints the last error of each kind
 */
#include "llamaffm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#    define WIN32_LEAN_AND_MEAN
#    include <windows.h>
#else
#    include <dlfcn.h>
#endif

enum { THROWS, ABORTS, THROWS_A_NUMBER, MODES };

static void expect(const char * what, int32_t status, int32_t expected, const char * text) {
    if (status != expected || !strstr(lf_last_error(), text)) {
        fprintf(stderr, "guarded: %s: status %d, not %d; error: %s\n", what, status, expected, lf_last_error());
        exit(1);
    }
}

/* Stays open: its mode is kept between loads. */
static void (*open_module(const char * path))(int) {
#if defined(_WIN32)
    HMODULE handle = LoadLibraryA(path);
    return handle ? (void (*)(int)) (void *) GetProcAddress(handle, "failing_module") : NULL;
#else
    void * handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    return handle ? (void (*)(int)) dlsym(handle, "failing_module") : NULL;
#endif
}

int main(int argc, char ** argv) {
    static const int32_t kinds[]    = { LF_SELF_TEST_ABORT, LF_SELF_TEST_EXCEPTION, LF_SELF_TEST_UNKNOWN };
    static const int32_t statuses[] = { LF_ERROR_ABORT, LF_ERROR_EXCEPTION, LF_ERROR_EXCEPTION };
    static const char * texts[]     = { "threw: thrown on purpose by a module", "an abort on purpose in a module", "threw: an exception of an unknown type" };
    const struct lf_init_params params = { .log_level = 5 };
    if (argc != 3) {
        fputs("usage: guarded MODULE ROUNDS\n", stderr);
        return 2;
    }
    expect("lf_init", lf_init(&params), LF_OK, "");

    /* Not open here: the module is closed while its exception is on its way. */
    expect("a module that throws and is closed", lf_backend_load(argv[1]), LF_ERROR_EXCEPTION, texts[THROWS]);
    printf("%s\n", lf_last_error());

    void (*failing_module)(int) = open_module(argv[1]);
    if (!failing_module) {
        fprintf(stderr, "guarded: cannot open %s\n", argv[1]);
        return 1;
    }
    const int rounds = atoi(argv[2]);
    for (int i = 0; i < rounds * MODES; i++) {
        const int kind = i % MODES;
        expect("lf_self_test", lf_self_test(kinds[kind]), statuses[kind], "lf_self_test");
        failing_module(kind);
        expect("lf_backend_load", lf_backend_load(argv[1]), kind == ABORTS ? LF_ERROR_ABORT : LF_ERROR_EXCEPTION, texts[kind]);
        if (i >= (rounds - 1) * MODES) {
            printf("%s\n", lf_last_error());
        }
    }
    return 0;
}
