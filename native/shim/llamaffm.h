/*
 * llamaffm.h: the stable C ABI that llama-ffm adds to llama.cpp.
 *
 * Every lf_* function is noexcept: a C++ exception or a ggml abort inside one of them becomes a status (or NULL), and
 * lf_last_error() tells what happened. Strings are UTF-8. Unless said otherwise a pointer that is passed in is read
 * during the call only, and a pointer that is returned belongs to the library.
 *
 * Requests are structs passed by pointer, so that few distinct call shapes exist: each shape that Java links costs
 * about ten milliseconds of start-up.
 */
#ifndef LLAMAFFM_H
#define LLAMAFFM_H

#include "llama.h"

#include <stdbool.h>
#include <stdint.h>

#if defined(_WIN32)
#    define LF_API __declspec(dllexport)
#else
#    define LF_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Version of this header. Part of the ABI id. */
#define LF_SHIM_VERSION 2

/* Status codes. Values >= 0 and small negative ones are those of the wrapped function. */
enum lf_status {
    LF_OK              = 0,
    LF_ERROR_EXCEPTION = -1000, /* a C++ exception left the wrapped function */
    LF_ERROR_ABORT     = -1001, /* GGML_ABORT or GGML_ASSERT inside the wrapped function */
    LF_ERROR_SHUTDOWN  = -1002, /* lf_shutdown was called: the process is ending */
    LF_ERROR_ARGUMENT  = -1003, /* an argument that llama.cpp would answer with a signal */
    LF_ERROR_FAILED    = -1004, /* the wrapped function reported failure; see lf_last_error() */
    LF_ERROR_CANCELLED = -1005, /* the lf_cancel of the call asked it to stop */
    LF_ERROR_REMOTE    = -1006, /* an RPC server cannot be reached, or its connection was lost during the call */
};

/* ---- the library itself ---- */

/* Hash of llama.cpp's tree, the bound headers and this header: 12 hexadecimal digits, also in the library's file name. */
LF_API const char * lf_abi_id(void);

/* Name and version of the compiler, build type and source tree: for reports only. */
LF_API const char * lf_build_info(void);

/* One line per fact: "sizeof <type> <n>", "offsetof <type>.<field> <n>", "enum <constant> <n>". */
LF_API const char * lf_abi_table(void);

struct lf_init_params {
    const char * crash_dir;     /* folder for the last words of an abort that cannot be caught; NULL: stderr only */
    int32_t      log_level;     /* lowest ggml_log_level that is kept in the log ring */
};

/*
 * Installs the abort callback and the log ring and restores the terminate handler that ggml replaced. Call it once,
 * before any other function but the four above; further calls only change the log level.
 */
LF_API int32_t lf_init(const struct lf_init_params * params);

/*
 * The message of the last failed lf_* call of this thread, then the error and warning lines that llama.cpp logged
 * during that call, each on its own line. Valid until the next lf_* call of this thread. Never NULL.
 */
LF_API const char * lf_last_error(void);

/*
 * Ends native work before the process exits: sets every cancel flag, makes every later guarded call return
 * LF_ERROR_SHUTDOWN and waits until those in flight have returned. Returns the number still in flight.
 */
LF_API int64_t lf_shutdown(int64_t timeout_ms);

enum lf_self_test_kind {
    LF_SELF_TEST_ABORT            = 0, /* GGML_ABORT on this thread, inside the guard */
    LF_SELF_TEST_EXCEPTION        = 1, /* std::runtime_error inside the guard */
    LF_SELF_TEST_UNKNOWN          = 2, /* an exception that is not a std::exception */
    LF_SELF_TEST_UNGUARDED_ABORT  = 3, /* GGML_ABORT outside the guard: ends the process with its last words */
};

/* Fails on purpose: shows that the guard works in this process. */
LF_API int32_t lf_self_test(int32_t kind);

/* ---- log ring ---- */

/* Address of a counter of all lines written so far, so that a reader can see without a call that there is news. */
LF_API const int64_t * lf_log_counter(void);

/*
 * Moves whole lines out of the ring: for each an int32 ggml_log_level, an int32 length in bytes, then the bytes, padded
 * to 4. Returns the bytes written. A line longer than the ring's limit is cut; when the ring was full, the oldest lines
 * were dropped and the first line says how many.
 */
LF_API int64_t lf_log_drain(void * out, int64_t capacity);

/* ---- backends ---- */

/*
 * Score of a CPU module for this machine: > 0 usable, higher is better; 0 the CPU lacks something it needs; a negative
 * lf_status: it could not be opened, lf_last_error() has the system's reason. Leaves the module closed.
 */
LF_API int32_t lf_backend_score(const char * path);

/* Loads and registers one backend module. The first success also initialises llama.cpp. Not thread-safe. */
LF_API int32_t lf_backend_load(const char * path);

struct lf_device {
    char     name[64];          /* ggml's name, such as CPU or CUDA0 */
    char     description[128];  /* such as the processor's or the card's name */
    char     id[64];            /* PCI address or UUID; of an RPC device "host:port/number"; empty where there is none */
    char     backend[32];       /* ggml's registry name, such as CPU, CUDA, Vulkan */
    int32_t  type;              /* enum ggml_backend_dev_type */
    int32_t  reserved;
    uint64_t memory_free;       /* bytes */
    uint64_t memory_total;      /* bytes */
};

/*
 * Writes at most capacity devices; returns how many there are, or a negative lf_status. The memory of an RPC device is
 * asked for over the network: zero where its server does not answer.
 */
LF_API int64_t lf_devices(struct lf_device * out, int64_t capacity);

/*
 * Connects to an RPC server ("host:port"), for which the RPC module must have been loaded, and registers its devices.
 * Returns their number; again for a server that is registered already. LF_ERROR_REMOTE: no server answers there.
 */
LF_API int32_t lf_rpc_add_server(const char * endpoint);

/* ---- cancel ---- */

/* Polled by the native code; written by Java at any time, from any thread. */
struct lf_cancel {
    int32_t requested;          /* not 0: stop */
    int32_t stop_after;         /* n > 0: the n-th poll from now asks to stop, whatever the clock says; 0: none does */
    int64_t deadline_us;        /* stop when llama_time_us() has passed it; 0: no deadline */
};

/* ---- model ---- */

LF_API void lf_model_default_params(struct llama_model_params * out);

enum lf_metadata_type {
    LF_METADATA_INTEGER = 0,
    LF_METADATA_NUMBER  = 1,
    LF_METADATA_BOOLEAN = 2, /* integer: 0 or 1 */
    LF_METADATA_TEXT    = 3,
};

/* Stands in for what the file says about a key. */
struct lf_metadata_override {
    const char * key;       /* at most 127 bytes */
    const char * text;      /* at most 127 bytes */
    int64_t      integer;
    double       number;
    int32_t      type;      /* enum lf_metadata_type */
    int32_t      reserved;
};

/* Where the weights go whose names match. */
struct lf_tensor_placement {
    const char * pattern;   /* ECMAScript regular expression, found anywhere in a tensor's name */
    const char * device;    /* lf_device.name; its default buffer type is taken */
};

struct lf_model_request {
    const char *              path;
    int64_t                   offset;   /* of the GGUF inside the file, in bytes */
    int64_t                   length;   /* of the GGUF in bytes; 0: to the end of the file, and offset must be 0 */
    const struct lf_cancel *  cancel;   /* NULL: not cancellable; polled while weights are read */
    struct llama_model_params params;   /* its progress callback, if any, is called on the calling thread */

    /* What params has pointers for; the library makes those itself and keeps them as long as the model. */
    const char * const *                splits;       /* all files of a split model, the first of them too; else NULL */
    const char * const *                devices;      /* lf_device.name of each device to use; NULL: llama.cpp chooses */
    const struct lf_metadata_override * overrides;
    const struct lf_tensor_placement *  placements;   /* the first that matches a tensor counts */
    int32_t                             n_splits;
    int32_t                             n_devices;
    int32_t                             n_overrides;
    int32_t                             n_placements; /* at most llama_max_tensor_buft_overrides() - 1 */
};

/*
 * llama_model_load_from_file or _from_splits; with a length, llama_model_load_from_file_ptr on a file that it opens
 * itself, after it has made sure that the GGUF and all its tensors end within offset + length. NULL: see lf_last_error().
 */
LF_API struct llama_model * lf_model_load(const struct lf_model_request * request);

LF_API void lf_model_free(struct llama_model * model);

/* ---- vocabulary ---- */

struct lf_tokenize_request {
    const struct llama_vocab * vocab;
    const char *               text;
    int64_t                    text_length;     /* bytes, at most 2^31 - 1 */
    int32_t *                  tokens;
    int32_t                    capacity;        /* of tokens */
    int32_t                    count;           /* out: tokens written, or needed where they do not fit */
    bool                       add_special;
    bool                       parse_special;
};

/*
 * llama_tokenize; long text is handled on a thread with a large, lazily committed stack, because some vocabularies
 * recurse once per character. LF_OK also where the tokens did not fit: then count is greater than capacity.
 */
LF_API int32_t lf_tokenize(struct lf_tokenize_request * request);

struct lf_detokenize_request {
    const struct llama_vocab * vocab;
    const int32_t *            tokens;
    int32_t                    n_tokens;
    int32_t                    capacity;        /* of text, in bytes */
    char *                     text;
    int32_t                    length;          /* out: bytes written, or needed where they do not fit */
    bool                       remove_special;
    bool                       unparse_special;
};

/* llama_detokenize. LF_OK also where the text did not fit: then length is greater than capacity. */
LF_API int32_t lf_detokenize(struct lf_detokenize_request * request);

/*
 * llama_token_to_piece without stripping of leading spaces: writes the bytes of one token and returns their number; the
 * negative of the number needed where that is more than piece->capacity; or an lf_status.
 */
struct lf_piece {
    char *  data;
    int32_t capacity;
    bool    special;            /* also render control tokens */
};

LF_API int32_t lf_token_to_piece(const struct llama_vocab * vocab, const struct lf_piece * piece, int32_t token);

/* Writes at most capacity ids of the tokens that end a generation; returns how many there are, or an lf_status. */
LF_API int32_t lf_vocab_eog_tokens(const struct llama_vocab * vocab, int32_t * out, int32_t capacity);

/* ---- context ---- */

LF_API void lf_context_default_params(struct llama_context_params * out);

struct lf_threadpool_request {
    int32_t n_threads;          /* 1 to 512 */
    int32_t poll;               /* 0: never spin while waiting for work, 100: always */
};

/* ggml_threadpool_new of the CPU backend: without OpenMP a context that has none starts its threads anew per graph. */
LF_API struct ggml_threadpool * lf_threadpool_new(const struct lf_threadpool_request * request);

LF_API void lf_threadpool_free(struct ggml_threadpool * threadpool);

struct lf_context_request {
    struct llama_model *        model;
    const struct lf_cancel *    cancel;         /* polled between graph nodes; must outlive the context */
    struct ggml_threadpool *    threadpool;     /* of exactly params.n_threads and n_threads_batch; NULL: none */
    struct llama_context_params params;
};

/* llama_init_from_model, with the cancel flag as its abort callback and the thread pool attached. */
LF_API struct llama_context * lf_context_new(const struct lf_context_request * request);

LF_API void lf_context_free(struct llama_context * context);

/* llama_decode. After LF_ERROR_EXCEPTION or LF_ERROR_ABORT only lf_context_free may follow. */
LF_API int32_t lf_decode(struct llama_context * context, const struct llama_batch * batch);

/* ---- encode, logits, embeddings, counters ---- */

/* What a model's embeddings depend on and llama.h does not tell. */
struct lf_model_traits {
    int32_t pooling_type;       /* enum llama_pooling_type that the model declares */
    int32_t rank_outputs;       /* floats that its rank head makes; 0: it has none that llama.cpp reads whole */
    int32_t max_positions;      /* rows of its table of learned positions; 0: it has none */
    bool    causal;             /* whether a token sees only those before it */
};

/* LF_OK, or an lf_status. */
LF_API int32_t lf_model_get_traits(const struct llama_model * model, struct lf_model_traits * out);

/* llama_encode: 0, 2 where it was stopped, a negative code, or an lf_status, which ends the context as that of lf_decode. */
LF_API int32_t lf_encode(struct llama_context * context, const struct llama_batch * batch);

struct lf_row_request {
    struct llama_context * context;
    const float *          data;        /* out: lies there until the next lf_decode or lf_encode */
    int32_t                row;
    int32_t                reserved;
};

/* llama_get_logits_ith. LF_ERROR_FAILED: there is no such row. */
LF_API int32_t lf_logits(struct lf_row_request * request);

struct lf_perf {
    double  load_ms;            /* from the context's start to the end of its first computation */
    double  prompt_ms;          /* in batches of several tokens */
    double  generation_ms;      /* in batches of one token */
    int32_t prompt_tokens;
    int32_t generated_tokens;
    int32_t reused_graphs;
    int32_t reserved;
};

/* llama_perf_context after llama_synchronize. A count of nothing is 0 here, 1 there. */
LF_API int32_t lf_perf_read(struct llama_context * context, struct lf_perf * out);

/* ---- memory (KV cache) ---- */

enum lf_memory_kind {
    LF_MEMORY_NONE           = 0, /* nothing is kept: encoders and diffusion models */
    LF_MEMORY_ATTENTION      = 1, /* a cell for each token */
    LF_MEMORY_SLIDING_WINDOW = 2, /* as attention, but some layers keep a window of tokens only */
    LF_MEMORY_RECURRENT      = 3, /* a state for each sequence */
    LF_MEMORY_HYBRID         = 4, /* attention and states; or one whose states cannot go back */
};

/* The kind of memory that a context of this model has, from its architecture: enum lf_memory_kind, or an lf_status. */
LF_API int32_t lf_model_memory_kind(const struct llama_model * model);

/* What a context's memory is and can do, answered by its class and getters: nothing is touched. */
struct lf_memory_info {
    int32_t kind;               /* enum lf_memory_kind */
    int32_t n_stream;           /* 1 where all sequences share one */
    int32_t cells;              /* tokens of one stream; of a state memory, sequences */
    int32_t n_rollback;         /* states kept for each sequence that it can go back to */
    int32_t type_k;             /* enum ggml_type; of a state memory, that of its states; -1: nothing is kept */
    int32_t type_v;
    int64_t bytes;              /* of all its buffers */
    bool    can_shift;          /* positions can be changed: llama_memory_can_shift */
    bool    can_truncate;       /* every sequence can go back to every length */
    bool    can_remove;         /* tokens in the middle of a sequence can be removed */
};

LF_API int32_t lf_memory_describe(struct llama_context * context, struct lf_memory_info * out);

/* A range of positions of one sequence. Ids that llama.cpp would abort on are LF_ERROR_ARGUMENT. */
struct lf_memory_request {
    struct llama_context * context;
    int32_t                seq_id;
    int32_t                p0;          /* the first position; negative: from the start */
    int32_t                p1;          /* behind the last one; negative: to the end */
    int32_t                shift;       /* of lf_memory_seq_add */
    int32_t                to_seq_id;   /* of lf_memory_seq_cp, which takes the whole sequence */
    int32_t                reserved;
    int64_t                bytes;       /* out, of lf_memory_seq_cp: tensor data that was copied */
};

/* llama_memory_seq_rm: 1 removed, 0 this memory cannot remove that range, or an lf_status. */
LF_API int32_t lf_memory_seq_rm(const struct lf_memory_request * request);

/*
 * llama_memory_seq_cp of a whole sequence to an empty one. Between streams llama.cpp would copy buffers at the next decode:
 * it is done at once here, so that no state that is saved or restored meanwhile gets in between.
 */
LF_API int32_t lf_memory_seq_cp(struct lf_memory_request * request);

/* llama_memory_seq_add. The keys follow with lf_memory_update or the next decode. */
LF_API int32_t lf_memory_seq_add(const struct lf_memory_request * request);

/*
 * Does now what a decode would do first: rotates the keys of tokens that were shifted. An abort in the middle would leave
 * some layers rotated twice at the next try, so no cancel flag of a request may be set meanwhile.
 */
LF_API int32_t lf_memory_update(struct llama_context * context);

/* Cells in use of the stream of request->seq_id, or an lf_status; 0 where a token takes no cell. */
LF_API int32_t lf_memory_used(const struct lf_memory_request * request);

/* 1 where a token of the range, or the state, is also one of another sequence: it would move for both; else 0. */
LF_API int32_t lf_memory_shared(const struct lf_memory_request * request);

/* 1 where all tokens before p0 that a token at p0 would look at are still there, 0 where a window has moved on. */
LF_API int32_t lf_memory_window_kept(const struct lf_memory_request * request);

/*
 * Removes from the windows of all sequences the cells that no later token can look at. llama.cpp reuses such a cell by
 * itself, but not where two sequences share it. Returns how many cells became free.
 */
LF_API int32_t lf_memory_drop_masked(struct llama_context * context);

struct lf_checkpoint {
    struct llama_context * context;
    void *                 data;
    int64_t                capacity;    /* of data, in bytes */
    int64_t                size;        /* bytes of the checkpoint; written by lf_checkpoint_take */
    int32_t                seq_id;
    int32_t                reserved;
};

/*
 * llama_state_seq_get_data_ext with LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY: what seq_rm cannot bring back, the recurrent state
 * and the sliding window. LF_OK also where it did not fit: then size is greater than capacity and nothing was written.
 */
LF_API int32_t lf_checkpoint_take(struct lf_checkpoint * checkpoint);

/* llama_state_seq_set_data_ext. Where that fails the sequence has to be removed. */
LF_API int32_t lf_checkpoint_restore(const struct lf_checkpoint * checkpoint);

/* ---- saved states ---- */

/* ---- adapters ---- */

/* ---- memory plan and placement ---- */

struct lf_placement {
    struct lf_device device;
    uint64_t         bytes;     /* of the weights that lie there */
    int32_t          layers;    /* repeating layers of which more bytes lie there than on any other device */
    int32_t          reserved;
};

/*
 * Where the weights lie, read from the tensors' buffers: the host first, as its CPU device, then the others. Writes at
 * most capacity entries; returns how many there are, or a negative lf_status.
 */
LF_API int64_t lf_model_placement(const struct llama_model * model, struct lf_placement * out, int64_t capacity);

/* In bytes. */
struct lf_plan_part {
    struct lf_device device;    /* the CPU for the host */
    uint64_t weights;
    uint64_t mapped;            /* of the weights: pages of the file, which the system can drop and read again */
    uint64_t kv_cache;          /* with the states of recurrent layers */
    uint64_t compute;           /* of graphs, and for the outputs of a batch */
};

struct lf_plan_request {
    struct llama_model *            model;
    const struct lf_model_request * load;       /* how weights will be loaded that the model lacks; NULL: they are loaded */
    const struct llama_context *    context;    /* one that exists; NULL: one of these params that is not made */
    struct lf_plan_part *         parts;      /* out: the host, then the devices of the model in their order */
    int32_t                         capacity;   /* of parts */
    int32_t                         count;      /* out: of parts, also where they are not asked for */
    uint64_t                        weights;    /* out of lf_plan_bound, wherever they lie */
    uint64_t                        mapped;     /* out of lf_plan_bound */
    uint64_t                        bound;      /* out of lf_plan_bound: of cache and compute buffers together */
    int32_t                         n_ctx;      /* out: as llama.cpp rounds it */
    int32_t                         n_ctx_train; /* out */
    struct llama_context_params     params;
};

/*
 * What model and context take, exactly: llama.cpp makes the context on buffers that have a size and no memory. What still
 * grows is its table of cells, of about 48 bytes for each of n_ctx. Thread-safe; a model without weights is used by one thread.
 */
LF_API int32_t lf_plan_measure(struct lf_plan_request * request);

/*
 * In microseconds and without parts: more than a context of these params would take of a loaded model, usually several times
 * too much.
 */
LF_API int32_t lf_plan_bound(struct lf_plan_request * request);

/* ---- sampling ---- */

/* Which llama_sampler_init_* a spec stands for, and which of its fields it reads, in the order of the C function. */
enum lf_sampler_type {
    LF_SAMPLER_GREEDY      = 0,
    LF_SAMPLER_DIST        = 1, /* seed */
    LF_SAMPLER_TOP_K       = 2, /* i0: k */
    LF_SAMPLER_TOP_P       = 3, /* f0: p, i0: min_keep */
    LF_SAMPLER_MIN_P       = 4, /* f0: p, i0: min_keep */
    LF_SAMPLER_TEMPERATURE = 5, /* f0: t */
    LF_SAMPLER_PENALTIES   = 6, /* i0: last_n, f0: repeat, f1: frequency, f2: presence */
};

struct lf_sampler_spec {
    int32_t  type;              /* enum lf_sampler_type */
    uint32_t seed;
    int32_t  i0;
    float    f0;
    float    f1;
    float    f2;
};

struct lf_sampler_request {
    const struct llama_vocab *     vocab;
    const struct lf_sampler_spec * specs;
    int32_t                        n_specs;
    int32_t                        reserved;
};

/* A chain of the given samplers, in order; it owns them. */
LF_API struct llama_sampler * lf_sampler_new(const struct lf_sampler_request * request);

LF_API void lf_sampler_free(struct llama_sampler * sampler);

/* llama_sampler_sample for the index-th row of the last batch, which must have asked for logits: the token, accepted. */
LF_API int32_t lf_sampler_sample(struct llama_sampler * sampler, struct llama_context * context, int32_t index);

/* llama_sampler_accept for each of the tokens, none of them checked against the vocabulary. */
LF_API int32_t lf_sampler_accept(struct llama_sampler * sampler, const int32_t * tokens, int32_t n_tokens);

/* llama_sampler_reset. */
LF_API int32_t lf_sampler_reset(struct llama_sampler * sampler);

#ifdef __cplusplus
}
#endif

#endif
