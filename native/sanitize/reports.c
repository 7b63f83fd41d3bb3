/*
 * Part of the core library where it is compiled with the sanitizers for addresses and for undefined behaviour. GCC has a
 * library for each, and the first takes the other's log_path for itself: without this, findings of undefined behaviour go
 * to stderr, where they are lost, or fail the test that wants it empty.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>

__attribute__((constructor)) static void separate_reports(void) {
    const char * path    = getenv("LLAMAFFM_UNDEFINED_REPORTS");
    void *       library = dlopen("libubsan.so.1", RTLD_LAZY | RTLD_NOLOAD);
    if (path && library) {
        void (*set_report_path)(const char *) = (void (*)(const char *)) dlsym(library, "__sanitizer_set_report_path");
        set_report_path(path);
    }
}
