/*
 * Does in a process of its own what the loader is about to do in the JVM, so that a CPU or a driver that lies ends this
 * process and not that one (docs/loading.md, -Dllamaffm.probe=true).
 *
 *   probe STEP...
 *
 *   core=FILE     opens the core library: first, as all but driver= and library= needs it
 *   score=FILE    asks a CPU module how well it fits, and closes it again
 *   driver=FILE   opens the driver for CUDA and starts it
 *   library=FILE  opens what a module needs
 *   module=FILE   loads a module and starts each device; a CPU module then multiplies small matrices of every kind that has
 *                 code of its own, and the products are compared with what C without such code makes of them
 *
 * Each line is "@probe N WORD TEXT", where N is the number of the step and WORD what begins, or how the step ended: done or
 * failed. A failed step ends the process with 0 like a good end does: what did not print its end is what died. Drivers may
 * print in between.
 */
#include "ggml-alloc.h"
#include "ggml-backend.h"
#include "ggml.h"
#include "llamaffm.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#    define WIN32_LEAN_AND_MEAN
#    include <windows.h>
#    include <shellapi.h>
#else
#    include <dlfcn.h>
#    include <sys/resource.h>
#endif

/* What is called of the core library. */
#define CORE_FUNCTIONS(F)                                                                                                     \
    F(lf_init) F(lf_last_error) F(lf_backend_score) F(lf_backend_load)                                                        \
    F(ggml_backend_dev_count) F(ggml_backend_dev_get) F(ggml_backend_dev_name) F(ggml_backend_dev_type)                       \
    F(ggml_backend_dev_init) F(ggml_backend_dev_buffer_type) F(ggml_backend_dev_supports_op)                                  \
    F(ggml_backend_dev_backend_reg) F(ggml_backend_reg_get_proc_address) F(ggml_backend_free)                                 \
    F(ggml_backend_buft_name) F(ggml_backend_buft_alloc_buffer) F(ggml_backend_buffer_free)                                   \
    F(ggml_backend_alloc_ctx_tensors_from_buft) F(ggml_backend_tensor_set) F(ggml_backend_tensor_get)                         \
    F(ggml_backend_graph_compute) F(ggml_init) F(ggml_free) F(ggml_new_tensor_2d) F(ggml_mul_mat) F(ggml_new_graph)           \
    F(ggml_build_forward_expand) F(ggml_get_type_traits) F(ggml_quantize_chunk) F(ggml_row_size)                              \
    F(ggml_tensor_overhead) F(ggml_graph_overhead)

#define DECLARE(name) __typeof__(&name) name;
static struct { CORE_FUNCTIONS(DECLARE) } core;

static int  step;
static bool open_core;

/* In one write, and on a line of its own whatever a driver printed before. */
__attribute__((format(printf, 1, 2))) static void say(const char * format, ...) {
    char    text[4096];
    va_list arguments;
    int     used = snprintf(text, sizeof text, "\n@probe %d ", step);
    va_start(arguments, format);
    vsnprintf(text + used, sizeof text - (size_t) used - 1, format, arguments);
    va_end(arguments);
    for (char * c = text + 1; *c; c++) {
        if (*c == '\n' || *c == '\r') {
            *c = ' ';
        }
    }
    strcat(text, "\n");
    fputs(text, stdout);
    fflush(stdout);
}

/* What it opened may have functions that run when a process ends as usual. */
_Noreturn static void end(void) {
    fflush(stdout);
    _Exit(0);
}

__attribute__((format(printf, 1, 2))) _Noreturn static void fail(const char * format, ...) {
    char    text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    say("failed %s", text);
    end();
}

#if defined(_WIN32)

static void be_quiet(void) {
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
}

static void * open_library(const char * path) {
    wchar_t wide[4096];
    if (!MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, sizeof wide / sizeof *wide)) {
        fail("its path is too long");
    }
    /* The flag is for absolute paths only. */
    const bool    whole  = strchr(path, '\\') || strchr(path, '/');
    const HMODULE handle = LoadLibraryExW(wide, NULL, whole ? LOAD_WITH_ALTERED_SEARCH_PATH : 0);
    if (!handle) {
        fail("error %lu", GetLastError());
    }
    return (void *) handle;
}

static void * symbol(void * library, const char * name) {
    return (void *) (size_t) GetProcAddress((HMODULE) library, name);
}

#else

/* No core dumps. */
static void be_quiet(void) {
    const struct rlimit none = { 0, 0 };
    setrlimit(RLIMIT_CORE, &none);
}

static void * open_library(const char * path) {
    void * handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
    if (!handle) {
        fail("%s", dlerror());
    }
    return handle;
}

static void * symbol(void * library, const char * name) {
    return dlsym(library, name);
}

#endif

static void * function(void * library, const char * name) {
    void * found = symbol(library, name);
    if (!found) {
        fail("it has no function %s", name);
    }
    return found;
}

static void start_core(const char * path) {
    void * library = open_library(path);
#define FIND(name) *(void **) &core.name = function(library, #name);
    CORE_FUNCTIONS(FIND)
    const struct lf_init_params params = { NULL, GGML_LOG_LEVEL_WARN };
    if (core.lf_init(&params) != LF_OK) {
        fail("%s", core.lf_last_error());
    }
    open_core = true;
    say("done");
}

static void start_driver(const char * path) {
    void * library         = open_library(path);
    int (*start)(unsigned) = NULL;
    *(void **) &start      = function(library, "cuInit");
    say("start");
    say("done %d", start(0));
}

/* ---- what a CPU module computes ---- */

enum { WIDTH = 512, ROWS = 64, MAX_COLUMNS = 32 };

static const enum ggml_type types[] = {
    GGML_TYPE_F32,  GGML_TYPE_F16,  GGML_TYPE_BF16, GGML_TYPE_Q4_0, GGML_TYPE_Q5_1,   GGML_TYPE_Q8_0,
    GGML_TYPE_Q2_K, GGML_TYPE_Q4_K, GGML_TYPE_Q6_K, GGML_TYPE_IQ4_NL, GGML_TYPE_IQ4_XS,
};

/* Upstream's own limit for a backend, of the square of the difference to that of the product. */
static const double max_error = 5e-4;

struct matrices {
    float  numbers[ROWS * WIDTH];          /* what is quantised */
    float  weights[ROWS * WIDTH];          /* what that means */
    char   quantised[ROWS * WIDTH * 4];
    float  inputs[MAX_COLUMNS * WIDTH];
    float  products[MAX_COLUMNS * ROWS];
    double expected[MAX_COLUMNS * ROWS];
};

static void fill(float * out, int count, unsigned seed) {
    for (int i = 0; i < count; i++) {
        seed   = seed * 1664525u + 1013904223u;
        out[i] = (float) (seed >> 8) / (float) (1 << 23) - 1.0f;
    }
}

static void expect(struct matrices * m, enum ggml_type type) {
    core.ggml_quantize_chunk(type, m->numbers, m->quantised, 0, ROWS, WIDTH, NULL);
    const struct ggml_type_traits * traits = core.ggml_get_type_traits(type);
    if (type == GGML_TYPE_F32) {
        memcpy(m->weights, m->numbers, sizeof m->weights);
    } else {
        traits->to_float(m->quantised, m->weights, ROWS * WIDTH);
    }
    for (int column = 0; column < MAX_COLUMNS; column++) {
        for (int row = 0; row < ROWS; row++) {
            double sum = 0;
            for (int i = 0; i < WIDTH; i++) {
                sum += (double) m->weights[row * WIDTH + i] * m->inputs[column * WIDTH + i];
            }
            m->expected[column * ROWS + row] = sum;
        }
    }
}

static double error_of(const struct matrices * m, int columns) {
    double difference = 0, whole = 0;
    for (int i = 0; i < columns * ROWS; i++) {
        const double delta = m->products[i] - m->expected[i];
        difference += delta * delta;
        whole += m->expected[i] * m->expected[i];
    }
    return difference / whole;
}

static struct ggml_context * new_context(void) {
    const struct ggml_init_params params = { 8 * core.ggml_tensor_overhead() + core.ggml_graph_overhead(), NULL, true };
    struct ggml_context *         context = core.ggml_init(params);
    if (!context) {
        fail("no memory");
    }
    return context;
}

/* Asked as llama.cpp does: whether weights of this kind would lie there. */
static bool is_for(ggml_backend_dev_t device, ggml_backend_buffer_type_t place, struct ggml_tensor * weights, const struct ggml_tensor * product) {
    weights->buffer = core.ggml_backend_buft_alloc_buffer(place, 0);
    const bool supported = core.ggml_backend_dev_supports_op(device, product);
    core.ggml_backend_buffer_free(weights->buffer);
    weights->buffer = NULL;
    return supported;
}

static void multiply(ggml_backend_dev_t device, ggml_backend_t backend, ggml_backend_buffer_type_t place, enum ggml_type type, int columns, struct matrices * m) {
    struct ggml_context * weights_context = new_context();
    struct ggml_context * context         = new_context();
    struct ggml_tensor *  weights         = core.ggml_new_tensor_2d(weights_context, type, WIDTH, ROWS);
    struct ggml_tensor *  inputs          = core.ggml_new_tensor_2d(context, GGML_TYPE_F32, WIDTH, columns);
    struct ggml_tensor *  product         = core.ggml_mul_mat(context, weights, inputs);
    if (is_for(device, place, weights, product)) {
        const char * kind  = core.ggml_get_type_traits(type)->type_name;
        const char * where = core.ggml_backend_buft_name(place);
        say("compute %s in %s, %d columns", kind, where, columns);
        struct ggml_cgraph * graph = core.ggml_new_graph(context);
        core.ggml_build_forward_expand(graph, product);
        ggml_backend_buffer_t first  = core.ggml_backend_alloc_ctx_tensors_from_buft(weights_context, place);
        ggml_backend_buffer_t second = core.ggml_backend_alloc_ctx_tensors_from_buft(context, core.ggml_backend_dev_buffer_type(device));
        if (!first || !second) {
            fail("no memory");
        }
        core.ggml_backend_tensor_set(weights, m->quantised, 0, ROWS * core.ggml_row_size(type, WIDTH));
        core.ggml_backend_tensor_set(inputs, m->inputs, 0, (size_t) columns * WIDTH * sizeof(float));
        const enum ggml_status status = core.ggml_backend_graph_compute(backend, graph);
        if (status != GGML_STATUS_SUCCESS) {
            fail("computing %s in %s has status %d", kind, where, (int) status);
        }
        core.ggml_backend_tensor_get(product, m->products, 0, (size_t) columns * ROWS * sizeof(float));
        const double error = error_of(m, columns);
        if (!(error <= max_error)) {
            say("wrong %s in %s, %d columns: an error of %g, at most %g is right", kind, where, columns, error, max_error);
            end();
        }
        core.ggml_backend_buffer_free(first);
        core.ggml_backend_buffer_free(second);
    }
    core.ggml_free(weights_context);
    core.ggml_free(context);
}

static void compute(ggml_backend_dev_t device, ggml_backend_t backend) {
    static struct matrices m;
    fill(m.numbers, ROWS * WIDTH, 1);
    fill(m.inputs, MAX_COLUMNS * WIDTH, 2);

    ggml_backend_reg_t                 registry  = core.ggml_backend_dev_backend_reg(device);
    ggml_backend_set_n_threads_t       n_threads = NULL;
    ggml_backend_dev_get_extra_bufts_t further  = NULL;
    *(void **) &n_threads = core.ggml_backend_reg_get_proc_address(registry, "ggml_backend_set_n_threads");
    *(void **) &further   = core.ggml_backend_reg_get_proc_address(registry, "ggml_backend_dev_get_extra_bufts");
    if (n_threads) {
        n_threads(backend, 1);
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        expect(&m, types[i]);
        for (int columns = 1; columns <= MAX_COLUMNS; columns += MAX_COLUMNS - 1) {
            multiply(device, backend, core.ggml_backend_dev_buffer_type(device), types[i], columns, &m);
            /* Where weights lie in another order: AMX, the dot products of Arm, AVX2 and AVX-512. */
            for (ggml_backend_buffer_type_t * place = further ? further(device) : NULL; place && *place; place++) {
                multiply(device, backend, *place, types[i], columns, &m);
            }
        }
    }
}

static void load_module(const char * path) {
    const size_t before = core.ggml_backend_dev_count();
    if (core.lf_backend_load(path) != LF_OK) {
        fail("%s", core.lf_last_error());
    }
    const size_t count = core.ggml_backend_dev_count();
    for (size_t i = before; i < count; i++) {
        ggml_backend_dev_t device = core.ggml_backend_dev_get(i);
        say("start %s", core.ggml_backend_dev_name(device));
        ggml_backend_t backend = core.ggml_backend_dev_init(device, NULL);
        if (!backend) {
            fail("%s does not start", core.ggml_backend_dev_name(device));
        }
        if (core.ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_CPU) {
            compute(device, backend);
        }
        core.ggml_backend_free(backend);
    }
    say("done %d", (int) (count - before));
}

static void score(const char * path) {
    const int32_t points = core.lf_backend_score(path);
    if (points < 0) {
        fail("%s", core.lf_last_error());
    }
    say("done %d", (int) points);
}

static bool take(const char * argument) {
    static const struct {
        const char * name;
        bool         needs_core;
        void (*run)(const char *);
    } steps[] = {
        { "core=", false, start_core },     { "score=", true, score },       { "driver=", false, start_driver },
        { "library=", false, NULL },        { "module=", true, load_module },
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const size_t length = strlen(steps[i].name);
        if (strncmp(argument, steps[i].name, length) == 0 && (open_core || !steps[i].needs_core)) {
            say("open");
            if (steps[i].run) {
                steps[i].run(argument + length);
            } else {
                open_library(argument + length);
                say("done");
            }
            return true;
        }
    }
    return false;
}

static int run(int count, char ** arguments) {
    be_quiet();
    for (step = 1; step < count; step++) {
        if (!take(arguments[step])) {
            fprintf(stderr, "usage: probe core=FILE [score=FILE | driver=FILE | library=FILE | module=FILE]...\n");
            return 2;
        }
    }
    end();
}

#if defined(_WIN32)

/* The arguments of main are in the code page of the system, in which not every path can be written. */
int main(void) {
    static char * arguments[256];
    int           count;
    wchar_t **    wide = CommandLineToArgvW(GetCommandLineW(), &count);
    for (int i = 0; wide && i < count && i < 255; i++) {
        const int size = WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, NULL, 0, NULL, NULL);
        arguments[i]   = malloc((size_t) size);
        if (!arguments[i]) {
            return 2;
        }
        WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, arguments[i], size, NULL, NULL);
    }
    return run(count < 255 ? count : 255, arguments);
}

#else

int main(int count, char ** arguments) {
    return run(count, arguments);
}

#endif
