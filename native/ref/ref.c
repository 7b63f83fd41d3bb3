/*
 * ref: llama.cpp's plain C API on our core library, without the shim and without Java. What it prints is the bitwise
 * reference for the Java layer on the same machine.
 *
 *   ref variant                                    the CPU module that this machine chooses
 *   ref tokenize MODEL                 < text      token ids, one per line
 *   ref generate MODEL N THREADS CTX   < prompt    at most N greedy token ids, one per line
 *   ref logits   MODEL THREADS CTX     < prompt    the logits after the prompt, raw float32
 *   ref rpc-server HOST:PORT THREADS               lends this machine's CPU over ggml's RPC until it is killed
 *   ref serve                          < jobs      many models in one process, one line each:
 *
 *     decode MODEL THREADS CTX BATCH UBATCH STEPS TOKEN...   logits of every token of a batch, then of STEPS greedy tokens
 *                                                            where the model keeps anything of the batch
 *     encode MODEL THREADS CTX BATCH UBATCH STEPS TOKEN...   the same of the decoder, after the encoder read the tokens
 *     embed  MODEL THREADS CTX BATCH UBATCH 0     TOKEN... , TOKEN...   embeddings of sequences in one batch, pooled as
 *                                                            the model says
 *
 *   Fields are divided by tabs, tokens and commas by spaces. Each answer is two int32, rows and columns, and that many
 *   float32; or -1, a length and a message.
 */
#define _GNU_SOURCE
#include "ggml-backend.h"
#include "ggml-cpu.h"
#include "llama.h"

#include "system.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char * what, const char * detail) {
    fprintf(stderr, "ref: %s: %s\n", what, detail);
    exit(1);
}

static void quiet(enum ggml_log_level level, const char * text, void * data) {
    (void) data;
    if (level == GGML_LOG_LEVEL_ERROR) {
        fputs(text, stderr);
    }
}

/* The folder of the core library: the modules lie beside it. */
static char * library_folder(void) {
    // Not the address of a function: on Windows that is one of this program.
    char * folder = folder_of((void *) ggml_type_name(GGML_TYPE_F32));
    if (!folder) {
        fail("not known", "the folder of the core library");
    }
    return folder;
}

static char * best_cpu_module(void) {
    char * folder = library_folder();
    DIR *  dir    = opendir(folder);
    char * best   = NULL;
    int    top    = 0;
    if (!dir) {
        fail("cannot read", folder);
    }
    for (struct dirent * entry; (entry = readdir(dir));) {
        if (strncmp(entry->d_name, MODULE_PREFIX "cpu", sizeof MODULE_PREFIX "cpu" - 1) != 0) {
            continue;
        }
        char * path = malloc(strlen(folder) + strlen(entry->d_name) + 2);
        sprintf(path, "%s/%s", folder, entry->d_name);
        void * handle = open_library(path);
        if (!handle) {
            fail("cannot open", library_error());
        }
        int (*score)(void) = (int (*)(void)) find_function(handle, "ggml_backend_score");
        int value = score ? score() : 0;
        if (value > top) {
            top  = value;
            best = path;
        }
        close_library(handle);
    }
    closedir(dir);
    if (!best) {
        fail("no CPU module for this machine in", folder);
    }
    return best;
}

static void rpc_server(const char * endpoint, int threads) {
    char * folder = library_folder();
    char * path   = malloc(strlen(folder) + sizeof "/" MODULE_PREFIX "rpc" MODULE_SUFFIX);
    sprintf(path, "%s/" MODULE_PREFIX "rpc" MODULE_SUFFIX, folder);
    ggml_backend_reg_t rpc = ggml_backend_load(path);
    ggml_backend_dev_t cpu = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    if (!rpc || !cpu) {
        fail("cannot load", path);
    }
    void (*start)(const char *, const char *, size_t, size_t, ggml_backend_dev_t *) =
        (void (*)(const char *, const char *, size_t, size_t, ggml_backend_dev_t *))
            ggml_backend_reg_get_proc_address(rpc, "ggml_backend_rpc_start_server");
    start(endpoint, NULL, (size_t) threads, 1, &cpu);
    fail("cannot serve", endpoint);
}

static char * read_all(size_t * length) {
    size_t capacity = 1 << 16;
    char * text     = malloc(capacity);
    *length         = 0;
    for (size_t n; (n = fread(text + *length, 1, capacity - *length, stdin)) > 0;) {
        *length += n;
        if (*length == capacity) {
            text = realloc(text, capacity *= 2);
        }
    }
    return text;
}

static struct llama_model * load(const char * path, bool vocab_only) {
    struct llama_model_params params = llama_model_default_params();
    params.vocab_only                = vocab_only;
    struct llama_model * model       = llama_model_load_from_file(path, params);
    if (!model) {
        fail("cannot load", path);
    }
    return model;
}

static llama_token * tokenize(const struct llama_model * model, int32_t * count) {
    size_t                     length;
    char *                     text  = read_all(&length);
    const struct llama_vocab * vocab = llama_model_get_vocab(model);
    *count                           = -llama_tokenize(vocab, text, (int32_t) length, NULL, 0, true, true);
    llama_token * tokens             = malloc(sizeof(llama_token) * (size_t) (*count + 1));
    llama_tokenize(vocab, text, (int32_t) length, tokens, *count, true, true);
    return tokens;
}

static struct llama_context * new_context(struct llama_model * model, int threads, int n_ctx) {
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx           = (uint32_t) n_ctx;
    params.n_outputs_max   = 1;
    params.n_threads       = threads;
    params.n_threads_batch = threads;
    struct llama_context * context = llama_init_from_model(model, params);
    if (!context) {
        fail("no context", "see above");
    }
    return context;
}

static void decode(struct llama_context * context, llama_token * tokens, int32_t count) {
    const int32_t n_batch = (int32_t) llama_n_batch(context);
    for (int32_t done = 0; done < count; done += n_batch) {
        const int32_t n = count - done < n_batch ? count - done : n_batch;
        if (llama_decode(context, llama_batch_get_one(tokens + done, n)) != 0) {
            fail("decode", "failed");
        }
    }
}

/* What a line of `ref serve` asks for. */
struct job {
    const char *  kind;
    const char *  model;
    int           threads, n_ctx, n_batch, n_ubatch, steps;
    llama_token * tokens; /* of all sequences */
    int32_t       count;
    int32_t *     ends; /* of each sequence, in tokens */
    int32_t       sequences;
};

static bool parse(char * line, struct job * job) {
    char * fields[8];
    int    n = 0;
    for (char * field = strtok(line, "\t\n"); field && n < 8; field = strtok(NULL, "\t\n")) {
        fields[n++] = field;
    }
    if (n != 8) {
        return false;
    }
    const size_t most = strlen(fields[7]) / 2 + 1;
    *job              = (struct job){ fields[0], fields[1], atoi(fields[2]), atoi(fields[3]), atoi(fields[4]), atoi(fields[5]),
                         atoi(fields[6]), malloc(most * sizeof(llama_token)), 0, malloc((most + 1) * sizeof(int32_t)), 0 };
    for (char * word = strtok(fields[7], " "); word; word = strtok(NULL, " ")) {
        if (strcmp(word, ",") == 0) {
            job->ends[job->sequences++] = job->count;
        } else {
            job->tokens[job->count++] = atoi(word);
        }
    }
    job->ends[job->sequences++] = job->count;
    return true;
}

static void answer_rows(int32_t rows, int32_t columns) {
    fwrite(&rows, sizeof(rows), 1, stdout);
    fwrite(&columns, sizeof(columns), 1, stdout);
}

static void answer_failure(const char * message) {
    answer_rows(-1, (int32_t) strlen(message));
    fputs(message, stdout);
}

/* As Java asks for it: what is not set here is a default of both. */
static struct llama_context * job_context(struct llama_model * model, const struct job * job) {
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx           = (uint32_t) job->n_ctx;
    params.n_batch         = (uint32_t) job->n_batch;
    params.n_ubatch        = (uint32_t) job->n_ubatch;
    params.n_seq_max       = (uint32_t) job->sequences;
    /* Where embeddings come out, llama.cpp aborts if not every row of a batch may. */
    params.n_outputs_max   = (uint32_t) (strcmp(job->kind, "embed") == 0 ? job->n_batch : job->count);
    params.kv_unified      = job->sequences > 1;
    params.n_threads       = job->threads;
    params.n_threads_batch = job->threads;
    params.swa_full        = false;
    params.embeddings      = strcmp(job->kind, "embed") == 0;
    return llama_init_from_model(model, params);
}

static struct llama_batch job_batch(const struct job * job) {
    struct llama_batch batch = llama_batch_init(job->count, 0, 1);
    int32_t            start = 0;
    for (int32_t sequence = 0; sequence < job->sequences; start = job->ends[sequence++]) {
        for (int32_t i = start; i < job->ends[sequence]; i++) {
            batch.token[i]     = job->tokens[i];
            batch.pos[i]       = i - start;
            batch.n_seq_id[i]  = 1;
            batch.seq_id[i][0] = sequence;
            batch.logits[i]    = true;
        }
    }
    batch.n_tokens = job->count;
    return batch;
}

static llama_token best(const float * logits, int32_t count) {
    llama_token best = 0;
    for (llama_token token = 1; token < count; token++) {
        if (logits[token] > logits[best]) {
            best = token;
        }
    }
    return best;
}

static const char * answer_logits(struct llama_context * context, const struct job * job, struct llama_batch batch, int32_t columns) {
    const int32_t first  = batch.n_tokens;
    const int32_t rows   = first + (llama_get_memory(context) ? job->steps : 0);
    float *       logits = malloc(sizeof(float) * (size_t) columns * (size_t) rows);
    const char *  error  = NULL;
    for (int32_t done = 0, n = first; done < rows && !error; done += n, n = 1) {
        if (done > 0) {
            batch.token[0]  = best(logits + (size_t) (done - 1) * (size_t) columns, columns);
            batch.pos[0]    = done;
            batch.n_tokens  = 1;
            batch.logits[0] = true;
        }
        if (llama_decode(context, batch) != 0) {
            error = "decode failed";
        }
        for (int32_t i = 0; i < n && !error; i++) {
            const float * row = llama_get_logits_ith(context, i);
            if (!row) {
                error = "no logits";
            } else {
                memcpy(logits + (size_t) (done + i) * (size_t) columns, row, sizeof(float) * (size_t) columns);
            }
        }
    }
    if (!error) {
        answer_rows(rows, columns);
        fwrite(logits, sizeof(float), (size_t) columns * (size_t) rows, stdout);
    }
    free(logits);
    return error;
}

static const char * answer_embeddings(struct llama_context * context, const struct job * job, struct llama_batch batch, int32_t columns) {
    if ((llama_model_has_encoder(llama_get_model(context)) ? llama_encode(context, batch) : llama_decode(context, batch)) != 0) {
        return "decode failed";
    }
    for (int32_t sequence = 0; sequence < job->sequences; sequence++) {
        if (!llama_get_embeddings_seq(context, sequence)) {
            return "no pooled embedding";
        }
    }
    answer_rows(job->sequences, columns);
    for (int32_t sequence = 0; sequence < job->sequences; sequence++) {
        fwrite(llama_get_embeddings_seq(context, sequence), sizeof(float), (size_t) columns, stdout);
    }
    return NULL;
}

static const char * answer(struct llama_model * model, struct llama_context * context, const struct job * job) {
    const int32_t      n_vocab = llama_vocab_n_tokens(llama_model_get_vocab(model));
    struct llama_batch batch   = job_batch(job);
    const char *       error   = NULL;
    if (strcmp(job->kind, "embed") == 0) {
        const bool rank = llama_pooling_type(context) == LLAMA_POOLING_TYPE_RANK;
        error = answer_embeddings(context, job, batch, rank ? (int32_t) llama_model_n_cls_out(model) : llama_model_n_embd_out(model));
    } else if (strcmp(job->kind, "decode") == 0) {
        error = answer_logits(context, job, batch, n_vocab);
    } else if (strcmp(job->kind, "encode") == 0) {
        if (llama_encode(context, batch) != 0) {
            error = "encode failed";
        } else {
            batch.token[0]  = llama_model_decoder_start_token(model);
            batch.n_tokens  = 1;
            error           = answer_logits(context, job, batch, n_vocab);
        }
    } else {
        error = "unknown kind of job";
    }
    llama_batch_free(batch);
    return error;
}

static void serve_line(char * line) {
    struct job job;
    if (!parse(line, &job)) {
        answer_failure("not a job");
        return;
    }
    struct llama_model *   model   = llama_model_load_from_file(job.model, llama_model_default_params());
    struct llama_context * context = model ? job_context(model, &job) : NULL;
    const char * error = !model ? "cannot load" : !context ? "no context" : answer(model, context, &job);
    if (error) {
        answer_failure(error);
    }
    llama_free(context);
    llama_model_free(model);
    free(job.tokens);
    free(job.ends);
}

static void serve(void) {
    size_t length   = 0;
    size_t capacity = 1 << 16;
    char * line     = malloc(capacity);
    while (fgets(line + length, (int) (capacity - length), stdin)) {
        length += strlen(line + length);
        if (line[length - 1] != '\n' && length == capacity - 1) {
            line = realloc(line, capacity *= 2);
            continue;
        }
        serve_line(line);
        fflush(stdout);
        length = 0;
    }
    free(line);
}

int main(int argc, char ** argv) {
    const char * command = argc > 1 ? argv[1] : "";
    binary_streams();
    llama_log_set(quiet, NULL);
    char * module = best_cpu_module();
    if (strcmp(command, "variant") == 0 && argc == 2) {
        puts(strrchr(module, '/') + 1);
        return 0;
    }
    ggml_backend_load(module);
    llama_backend_init();

    if (strcmp(command, "serve") == 0 && argc == 2) {
        serve();
        return 0;
    }
    int32_t count;
    if (strcmp(command, "tokenize") == 0 && argc == 3) {
        llama_token * tokens = tokenize(load(argv[2], true), &count);
        for (int32_t i = 0; i < count; i++) {
            printf("%d\n", tokens[i]);
        }
        return 0;
    }
    if (strcmp(command, "generate") == 0 && argc == 6) {
        struct llama_model *       model   = load(argv[2], false);
        struct llama_context *     context = new_context(model, atoi(argv[4]), atoi(argv[5]));
        const struct llama_vocab * vocab   = llama_model_get_vocab(model);
        struct llama_sampler *     greedy  = llama_sampler_init_greedy();
        llama_token *              tokens  = tokenize(model, &count);
        decode(context, tokens, count);
        for (int i = 0; i < atoi(argv[3]); i++) {
            llama_token token = llama_sampler_sample(greedy, context, -1);
            printf("%d\n", token);
            if (llama_vocab_is_eog(vocab, token)) {
                break;
            }
            decode(context, &token, 1);
        }
        return 0;
    }
    if (strcmp(command, "logits") == 0 && argc == 5) {
        struct llama_model *   model   = load(argv[2], false);
        struct llama_context * context = new_context(model, atoi(argv[3]), atoi(argv[4]));
        llama_token *          tokens  = tokenize(model, &count);
        decode(context, tokens, count);
        fwrite(llama_get_logits_ith(context, -1), sizeof(float),
               (size_t) llama_vocab_n_tokens(llama_model_get_vocab(model)), stdout);
        return 0;
    }
    if (strcmp(command, "rpc-server") == 0 && argc == 4) {
        rpc_server(argv[2], atoi(argv[3]));
    }
    fprintf(stderr, "usage: ref variant | tokenize MODEL | generate MODEL N THREADS CTX | logits MODEL THREADS CTX | serve"
                    " | rpc-server HOST:PORT THREADS\n");
    return 2;
}
