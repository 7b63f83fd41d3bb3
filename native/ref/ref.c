/*
 * ref: llama.cpp's plain C API on our core library, without the shim and without Java. What it prints is the bitwise
 * reference for the Java layer on the same machine.
 *
 *   ref variant                                    the CPU module that this machine chooses
 *   ref tokenize MODEL                 < text      token ids, one per line
 *   ref generate MODEL N THREADS CTX   < prompt    at most N greedy token ids, one per line
 *   ref logits   MODEL THREADS CTX     < prompt    the logits after the prompt, raw float32
 *   ref rpc-server HOST:PORT THREADS               lends this machine's CPU over ggml's RPC until it is killed
 */
#define _GNU_SOURCE
#include "ggml-backend.h"
#include "ggml-cpu.h"
#include "llama.h"

#include <dirent.h>
#include <dlfcn.h>
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
    Dl_info info;
    if (!dladdr((void *) llama_decode, &info)) {
        fail("dladdr", "llama_decode");
    }
    char * folder = strdup(info.dli_fname);
    *strrchr(folder, '/') = '\0';
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
        if (strncmp(entry->d_name, "libggml-cpu-", 12) != 0) {
            continue;
        }
        char * path = malloc(strlen(folder) + strlen(entry->d_name) + 2);
        sprintf(path, "%s/%s", folder, entry->d_name);
        void * handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!handle) {
            fail("cannot open", dlerror());
        }
        int (*score)(void) = (int (*)(void)) dlsym(handle, "ggml_backend_score");
        int value = score ? score() : 0;
        if (value > top) {
            top  = value;
            best = path;
        }
        dlclose(handle);
    }
    closedir(dir);
    if (!best) {
        fail("no CPU module for this machine in", folder);
    }
    return best;
}

static void rpc_server(const char * endpoint, int threads) {
    char * folder = library_folder();
    char * path   = malloc(strlen(folder) + sizeof "/libggml-rpc.so");
    sprintf(path, "%s/libggml-rpc.so", folder);
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

int main(int argc, char ** argv) {
    const char * command = argc > 1 ? argv[1] : "";
    llama_log_set(quiet, NULL);
    char * module = best_cpu_module();
    if (strcmp(command, "variant") == 0 && argc == 2) {
        puts(strrchr(module, '/') + 1);
        return 0;
    }
    ggml_backend_load(module);
    llama_backend_init();

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
    fprintf(stderr, "usage: ref variant | tokenize MODEL | generate MODEL N THREADS CTX | logits MODEL THREADS CTX"
                    " | rpc-server HOST:PORT THREADS\n");
    return 2;
}
