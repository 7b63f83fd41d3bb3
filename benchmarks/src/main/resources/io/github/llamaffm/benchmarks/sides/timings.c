/*
 * What the Java drivers time, in C on upstream's libraries: the same steps, with the same settings.
 *
 *   timings load     MODEL THREADS N FILE   a model, its file in the page cache: the median of N in a process that runs
 *   timings first    MODEL THREADS N FILE   from a prompt to its first token: the median of N in a process that runs
 *   timings tokenize MODEL THREADS N FILE   a megabyte of text
 *   timings embed    MODEL THREADS N FILE   the embedding of a text: the median of N
 *   timings state    MODEL THREADS N FILE   saving and restoring what a prompt left: the medians of N
 *   timings peak     MODEL THREADS N FILE   the most memory that was resident, after N tokens
 *
 * One line of JSON for each result: {"what": …, "value": nanoseconds or bytes, "cpu": nanoseconds of user time, or 0}.
 */
#define _GNU_SOURCE
#include "ggml-backend.h"
#include "ggml-cpu.h"
#include "llama.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const char * model_path;
static int          threads;
static int          repetitions;
static char *       text;
static int32_t      text_length;

static void fail(const char * what) {
    fprintf(stderr, "timings: %s\n", what);
    exit(1);
}

static void quiet(enum ggml_log_level level, const char * message, void * data) {
    (void) data;
    if (level == GGML_LOG_LEVEL_ERROR) {
        fputs(message, stderr);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

static double cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double) usage.ru_utime.tv_sec * 1e9 + (double) usage.ru_utime.tv_usec * 1e3;
}

static void print(const char * what, double value, double cpu_time) {
    printf("{\"what\": \"%s\", \"value\": %.0f, \"cpu\": %.0f}\n", what, value, cpu_time);
}

static int ascending(const void * a, const void * b) {
    const double x = *(const double *) a;
    const double y = *(const double *) b;
    return (x > y) - (x < y);
}

static double median(double * values, int count) {
    qsort(values, (size_t) count, sizeof(double), ascending);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void read_text(const char * path) {
    FILE * file = fopen(path, "rb");
    if (!file) {
        fail("cannot read the text");
    }
    fseek(file, 0, SEEK_END);
    text_length = (int32_t) ftell(file);
    rewind(file);
    text = malloc((size_t) text_length + 1);
    if (fread(text, 1, (size_t) text_length, file) != (size_t) text_length) {
        fail("cannot read the text");
    }
    fclose(file);
}

static struct llama_model * load(bool vocab_only) {
    struct llama_model_params params = llama_model_default_params();
    params.vocab_only                = vocab_only;
    struct llama_model * model       = llama_model_load_from_file(model_path, params);
    if (!model) {
        fail("cannot load the model");
    }
    return model;
}

/* The threads of llama.cpp's tools: kept between two decodes. */
static void attach_threads(struct llama_context * context) {
    ggml_backend_reg_t reg = ggml_backend_dev_backend_reg(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU));
    struct ggml_threadpool * (*make)(struct ggml_threadpool_params *) =
        (struct ggml_threadpool * (*) (struct ggml_threadpool_params *) ) ggml_backend_reg_get_proc_address(reg, "ggml_threadpool_new");
    struct ggml_threadpool_params params = ggml_threadpool_params_default(threads);
    llama_attach_threadpool(context, make(&params), NULL);
}

static struct llama_context * new_context(struct llama_model * model, bool embeddings) {
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx           = embeddings ? 512 : 2048;
    params.n_batch         = embeddings ? 512 : 2048;
    params.n_ubatch        = 512;
    params.n_outputs_max   = embeddings ? 512 : 1;
    params.n_threads       = threads;
    params.n_threads_batch = threads;
    params.embeddings      = embeddings;
    params.pooling_type    = embeddings ? LLAMA_POOLING_TYPE_MEAN : LLAMA_POOLING_TYPE_UNSPECIFIED;
    struct llama_context * context = llama_init_from_model(model, params);
    if (!context) {
        fail("no context");
    }
    attach_threads(context);
    return context;
}

static llama_token * tokenize(struct llama_model * model, int32_t * count) {
    const int32_t most   = text_length + 16;
    llama_token * tokens = malloc(sizeof(llama_token) * (size_t) most);
    *count               = llama_tokenize(llama_model_get_vocab(model), text, text_length, tokens, most, true, true);
    if (*count <= 0) {
        fail("cannot tokenise");
    }
    return tokens;
}

static void decode(struct llama_context * context, llama_token * tokens, int32_t count) {
    if (llama_decode(context, llama_batch_get_one(tokens, count)) != 0) {
        fail("cannot decode: is the prompt longer than the context?");
    }
    llama_synchronize(context);
}

static llama_token next(struct llama_context * context, struct llama_sampler * sampler) {
    char              piece[256];
    const llama_token token = llama_sampler_sample(sampler, context, -1);
    llama_token_to_piece(llama_model_get_vocab(llama_get_model(context)), token, piece, sizeof piece, 0, false);
    return token;
}

struct run {
    struct llama_model *   model;
    struct llama_context * context;
    struct llama_sampler * sampler;
    float *                vector;
};

/* The median of what a step says that it took; once more before, to warm up: what C runs is compiled. */
static void repeat(const char * what, double (*step)(const struct run *), const struct run * run) {
    double * times = malloc(sizeof(double) * (size_t) repetitions);
    step(run);
    const double cpu_start = cpu();
    for (int i = 0; i < repetitions; i++) {
        times[i] = step(run);
    }
    print(what, median(times, repetitions), (cpu() - cpu_start) / repetitions);
}

static double load_once(const struct run * run) {
    (void) run;
    const double start = now();
    load(false); /* stays: none lies where an earlier one has lain */
    return now() - start;
}

static void run_load(void) {
    repeat("load", load_once, NULL);
}

static void run_tokenize(void) {
    struct llama_model * model = load(true);
    const double cpu_start     = cpu();
    const double start         = now();
    int32_t      count;
    tokenize(model, &count);
    const double megabytes = (double) text_length / 1e6;
    print("tokenize", (now() - start) / megabytes, (cpu() - cpu_start) / megabytes);
}

static void compute_text(const struct run * run) {
    llama_memory_clear(llama_get_memory(run->context), false);
    int32_t       count;
    llama_token * tokens = tokenize(run->model, &count);
    decode(run->context, tokens, count);
    free(tokens);
}

static double first_once(const struct run * run) {
    const double start = now();
    compute_text(run);
    next(run->context, run->sampler);
    return now() - start;
}

static void run_first(void) {
    struct run run = { .model = load(false), .sampler = llama_sampler_init_greedy() };
    run.context    = new_context(run.model, false);
    repeat("first", first_once, &run);
}

static double embed_once(const struct run * run) {
    const int32_t size  = llama_model_n_embd_out(run->model);
    const double  start = now();
    compute_text(run);
    const float * mean = llama_get_embeddings_seq(run->context, 0);
    double        sum  = 0;
    for (int32_t d = 0; d < size; d++) {
        sum += (double) mean[d] * mean[d];
    }
    for (int32_t d = 0; d < size; d++) {
        run->vector[d] = (float) (mean[d] / sqrt(sum));
    }
    return now() - start;
}

static void run_embed(void) {
    struct run run = { .model = load(false) };
    run.context    = new_context(run.model, true);
    run.vector     = malloc(sizeof(float) * (size_t) llama_model_n_embd_out(run.model));
    repeat("embed", embed_once, &run);
}

static void run_state(void) {
    struct llama_model *   model   = load(false);
    struct llama_context * context = new_context(model, false);
    double *               saves   = malloc(sizeof(double) * (size_t) repetitions);
    double *               loads   = malloc(sizeof(double) * (size_t) repetitions);
    int32_t                count;
    llama_token *          tokens  = tokenize(model, &count);
    decode(context, tokens, count);
    for (int i = -1; i < repetitions; i++) {
        const double start = now();
        const size_t size  = llama_state_seq_get_size(context, 0);
        uint8_t *    state = malloc(size);
        if (llama_state_seq_get_data(context, state, size, 0) != size) {
            fail("cannot save");
        }
        const double saved = now();
        if (llama_state_seq_set_data(context, state, size, 0) == 0) {
            fail("cannot restore");
        }
        const double restored = now();
        free(state);
        if (i >= 0) {
            saves[i] = saved - start;
            loads[i] = restored - saved;
        }
    }
    print("save", median(saves, repetitions), 0);
    print("restore", median(loads, repetitions), 0);
}

/* Of this program alone: ru_maxrss begins with what was resident of the process that started it. */
static double peak(void) {
    char   line[256];
    double kib    = 0;
    FILE * status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) {
        if (sscanf(line, "VmHWM: %lf", &kib) == 1) {
            fclose(status);
            return kib * 1024;
        }
    }
    fail("the system does not tell how much was resident");
    return 0;
}

static void run_peak(void) {
    struct llama_model *   model   = load(false);
    struct llama_context * context = new_context(model, false);
    struct llama_sampler * sampler = llama_sampler_init_greedy();
    int32_t                count;
    llama_token *          tokens  = tokenize(model, &count);
    decode(context, tokens, count);
    for (int i = 0; i < repetitions; i++) {
        llama_token token = next(context, sampler);
        decode(context, &token, 1);
    }
    print("peak", peak(), 0);
}

int main(int argc, char ** argv) {
    static const struct {
        const char * name;
        void (*run)(void);
    } commands[] = { { "load", run_load },   { "first", run_first }, { "tokenize", run_tokenize },
                     { "embed", run_embed }, { "state", run_state }, { "peak", run_peak } };
    if (argc != 6) {
        fail("usage: timings COMMAND MODEL THREADS N FILE");
    }
    model_path  = argv[2];
    threads     = atoi(argv[3]);
    repetitions = atoi(argv[4]);
    read_text(argv[5]);
    llama_log_set(quiet, NULL);
    llama_backend_init();
    if (ggml_backend_dev_count() == 0) {
        ggml_backend_load_all_from_path(LIBRARIES);
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            commands[i].run();
            fflush(stdout);
            _Exit(0); /* what is freed at the end is not measured */
        }
    }
    fail("unknown command");
}
