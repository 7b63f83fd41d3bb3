/*
 * The loops of io.github.llamaffm.benchmarks.calls in plain C, over the same core library and the same model.
 *
 *   calls FOLDER MODEL CALL MILLIS ROUNDS     FOLDER has the libraries; the loop of CALL runs ROUNDS times for about MILLIS
 *
 * Prints the median of the rounds: {"call":"decode","ns":1234.5}
 */
#define _GNU_SOURCE
#include "llamaffm.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* As in Opened.java. */
enum { CONTEXT = 2048, BATCH = 512, DEPTH = 256, ANSWER = 1000, PROMPT = 1 };
#define TEXT "The quick brown fox jumps over the lazy dog. It was not amused at all."

static struct llama_model *       model;
static const struct llama_vocab * vocab;
static struct llama_context *     context;
static struct lf_cancel           cancel;
static struct lf_sampler *        greedy;
static struct lf_sampler *        chain;
static int32_t                    end_tokens[64];
static int32_t                    n_end_tokens;

/* A batch of one sequence, as Java has it. */
static int32_t       tokens[BATCH];
static int32_t       positions[BATCH];
static int32_t       counts[BATCH];
static int32_t       ids[BATCH];
static int32_t *     id_pointers[BATCH];
static int8_t        outputs[BATCH];
static struct llama_batch batch = { 0, tokens, NULL, positions, counts, id_pointers, outputs };

static char            bytes[256];
static struct lf_piece piece = { bytes, sizeof bytes, false };
static char *          text;
static size_t          text_length, text_capacity;

/* What nobody reads a compiler may leave out. */
static volatile float sink;

#define CHECK(condition)                                                                          \
    do {                                                                                          \
        if (!(condition)) {                                                                       \
            fprintf(stderr, "calls: line %d: %s: %s\n", __LINE__, #condition, lf_last_error());   \
            exit(1);                                                                              \
        }                                                                                         \
    } while (0)

static int64_t nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

static void add(int32_t token, int32_t position, bool output) {
    CHECK(batch.n_tokens < BATCH);
    const int32_t row = batch.n_tokens++;
    tokens[row]    = token;
    positions[row] = position;
    ids[row]       = 0;
    outputs[row]   = output;
}

static void decode_one(int32_t token, int32_t position) {
    batch.n_tokens = 0;
    add(token, position, true);
    CHECK(lf_decode(context, &batch) == 0);
}

static void forget(void) {
    const struct lf_memory_request all = { context, 0, -1, -1, 0, 0, 0, 0 };
    CHECK(lf_memory_seq_rm(&all) == 1);
}

static struct lf_sampler * new_sampler(bool by_chance) {
    struct lf_sampler_spec specs[6];
    memset(specs, 0, sizeof specs);
    int n = 0;
    if (by_chance) {
        specs[n].type = LF_SAMPLER_PENALTIES;
        specs[n].i0   = 64;
        specs[n++].f0 = 1;
        specs[n].type = LF_SAMPLER_TOP_K;
        specs[n++].i0 = 40;
        specs[n].type = LF_SAMPLER_TOP_P;
        specs[n++].f0 = 0.95f;
        specs[n].type = LF_SAMPLER_MIN_P;
        specs[n++].f0 = 0.05f;
        specs[n].type = LF_SAMPLER_TEMPERATURE;
        specs[n++].f0 = 0.8f;
        specs[n].type   = LF_SAMPLER_DIST;
        specs[n++].seed = 1;
    } else {
        specs[n++].type = LF_SAMPLER_GREEDY;
    }
    const struct lf_sampler_request request = { vocab, specs, NULL, n, 0 };
    struct lf_sampler *             sampler = lf_sampler_new(&request);
    CHECK(sampler);
    return sampler;
}

static bool ends(int32_t token) {
    for (int32_t i = 0; i < n_end_tokens; i++) {
        if (end_tokens[i] == token) {
            return true;
        }
    }
    return false;
}

static void append(const char * from, int32_t length) {
    if (text_length + (size_t) length > text_capacity) {
        text_capacity = 2 * text_capacity + 256;
        text          = realloc(text, text_capacity);
        CHECK(text);
    }
    memcpy(text + text_length, from, (size_t) length);
    text_length += (size_t) length;
}

/* ---- the loops: each does what it is named after n times ---- */

static void decode(int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        if (i % DEPTH == 0) {
            forget();
        }
        decode_one(PROMPT, (int32_t) (i % DEPTH));
    }
}

static void batch_add(int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        if (i % BATCH == 0) {
            batch.n_tokens = 0;
        }
        add(PROMPT, (int32_t) (i % BATCH), i % BATCH == 0);
    }
}

static void logits_row(int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        struct lf_row_request request = { context, NULL, 0, 0 };
        CHECK(lf_logits(&request) == LF_OK);
        sink = request.data[PROMPT];
    }
}

static void sample(struct lf_sampler * sampler, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        CHECK(lf_sampler_sample(sampler, context, 0) >= 0);
    }
}

static void sample_greedy(int64_t n) { sample(greedy, n); }
static void sample_default(int64_t n) { sample(chain, n); }

static void accept_token(int64_t n) {
    const int32_t token = PROMPT;
    for (int64_t i = 0; i < n; i++) {
        CHECK(lf_sampler_accept(chain, &token, 1) == LF_OK);
    }
}

static void piece_of(int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        CHECK(lf_token_to_piece(vocab, &piece, 'a') > 0);
    }
}

static void tokenize(int64_t n) {
    int32_t                    out[sizeof TEXT];
    struct lf_tokenize_request request = { vocab, TEXT, sizeof TEXT - 1, out, sizeof TEXT, 0, true, false };
    for (int64_t i = 0; i < n; i++) {
        CHECK(lf_tokenize(&request) == LF_OK && request.count > 0);
    }
}

static void generate(bool by_chance, int64_t n) {
    struct lf_sampler * sampler = NULL;
    int32_t             token   = PROMPT;
    for (int64_t i = 0; i < n; i++) {
        if (i % ANSWER == 0) {
            if (sampler) {
                lf_sampler_free(sampler);
            }
            sampler     = new_sampler(by_chance);
            token       = PROMPT;
            text_length = 0;
            forget();
            CHECK(lf_sampler_accept(sampler, &token, 1) == LF_OK);
        }
        decode_one(token, (int32_t) (i % ANSWER));
        token = lf_sampler_sample(sampler, context, 0);
        CHECK(token >= 0 && !ends(token));
        const int32_t length = lf_token_to_piece(vocab, &piece, token);
        CHECK(length >= 0);
        append(bytes, length);
    }
    lf_sampler_free(sampler);
}

static void token_greedy(int64_t n) { generate(false, n); }
static void token_default(int64_t n) { generate(true, n); }

/* ---- measuring ---- */

static int ascending(const void * a, const void * b) {
    const double left = *(const double *) a, right = *(const double *) b;
    return (left > right) - (left < right);
}

static double nanos_each(void (*loop)(int64_t), int64_t n) {
    const int64_t start = nanos();
    loop(n);
    return (double) (nanos() - start) / (double) n;
}

static void measure(const char * name, void (*loop)(int64_t), int millis, int rounds) {
    int64_t n = 16;
    double  each;
    while ((each = nanos_each(loop, n)) * (double) n < millis * 1e6 / 4) {
        n *= 2;
    }
    n = (int64_t) (millis * 1e6 / each) + 1;
    n = n < ANSWER ? n : n / ANSWER * ANSWER;
    double * results = calloc((size_t) rounds, sizeof *results);
    CHECK(results);
    for (int i = 0; i < rounds; i++) {
        results[i] = nanos_each(loop, n);
    }
    qsort(results, (size_t) rounds, sizeof *results, ascending);
    printf("{\"call\":\"%s\",\"ns\":%.1f}\n", name, results[rounds / 2]);
    fflush(stdout);
    free(results);
}

/* ---- set-up ---- */

static void load_best_module(const char * folder) {
    char best[4096] = "";
    int  top        = 0;
    DIR * dir       = opendir(folder);
    CHECK(dir);
    for (struct dirent * entry; (entry = readdir(dir));) {
        char path[4096];
        if (strncmp(entry->d_name, "libggml-cpu", 11) != 0) {
            continue;
        }
        CHECK(snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < (int) sizeof path);
        const int32_t score = lf_backend_score(path);
        if (score > top) {
            top = score;
            memcpy(best, path, sizeof best);
        }
    }
    closedir(dir);
    CHECK(top > 0 && lf_backend_load(best) == LF_OK);
}

/* One thread, so that what is measured is the call and not the hand-over between threads. */
static void open_all(const char * folder, const char * path) {
    const struct lf_init_params params = { "", GGML_LOG_LEVEL_WARN };
    CHECK(lf_init(&params) == LF_OK);
    load_best_module(folder);

    struct lf_model_request load;
    memset(&load, 0, sizeof load);
    load.path = path;
    lf_model_default_params(&load.params);
    model = lf_model_load(&load);
    CHECK(model);
    vocab        = llama_model_get_vocab(model);
    n_end_tokens = lf_vocab_eog_tokens(vocab, end_tokens, 64);
    CHECK(n_end_tokens >= 0 && n_end_tokens <= 64);

    const struct lf_threadpool_request pool = { 1, 50 };
    struct lf_context_request          request;
    memset(&request, 0, sizeof request);
    request.model      = model;
    request.cancel     = &cancel;
    request.threadpool = lf_threadpool_new(&pool);
    CHECK(request.threadpool);
    lf_context_default_params(&request.params);
    request.params.n_ctx           = CONTEXT;
    request.params.n_batch         = BATCH;
    request.params.n_ubatch        = BATCH;
    request.params.n_outputs_max   = 1;
    request.params.n_threads       = 1;
    request.params.n_threads_batch = 1;
    request.params.no_perf         = false;
    context = lf_context_new(&request);
    CHECK(context);

    for (int i = 0; i < BATCH; i++) {
        counts[i]      = 1;
        id_pointers[i] = &ids[i];
    }
    greedy = new_sampler(false);
    chain  = new_sampler(true);
}

static const struct {
    const char * name;
    void (*loop)(int64_t);
} calls[] = {
    { "decode", decode },
    { "batchAdd", batch_add },
    { "logitsRow", logits_row },
    { "sampleGreedy", sample_greedy },
    { "sampleDefault", sample_default },
    { "accept", accept_token },
    { "piece", piece_of },
    { "tokenize", tokenize },
    { "tokenGreedy", token_greedy },
    { "tokenDefault", token_default },
    { "tokenVirtual", token_greedy },
    { "tokenVirtualWhole", token_greedy },
};

int main(int argc, char ** argv) {
    if (argc != 6) {
        fprintf(stderr, "usage: calls FOLDER MODEL CALL MILLIS ROUNDS\n");
        return 2;
    }
    open_all(argv[1], argv[2]);
    decode_one(PROMPT, 0);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(calls[i].name, argv[3]) == 0) {
            measure(calls[i].name, calls[i].loop, atoi(argv[4]), atoi(argv[5]));
            return 0;
        }
    }
    fprintf(stderr, "calls: no call is named %s\n", argv[3]);
    return 2;
}
