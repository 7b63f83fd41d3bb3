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
#define LF_SHIM_VERSION 3

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
    const char * crash_dir;     /* folder for the last words of what cannot be caught; NULL: stderr only */
    int32_t      log_level;     /* lowest ggml_log_level that is kept in the log ring */
};

/*
 * Installs the abort callback, the log ring and a terminate handler, which goes on to the one that was there before ggml
 * replaced it. Call it once, before any other function but the four above; further calls only change the log level.
 */
LF_API int32_t lf_init(const struct lf_init_params * params);

/*
 * The message of the last failed lf_* call of this thread, then the error and warning lines that llama.cpp logged
 * during that call, each on its own line. Valid until the next lf_* call of this thread. Never NULL.
 */
LF_API const char * lf_last_error(void);

/* 1 if fewer bytes than these are left of the stack of this thread; 0 where that cannot be told. */
LF_API int32_t lf_stack_is_short(const int64_t * bytes);

/*
 * Ends native work before the process exits: sets every cancel flag, makes every later guarded call return
 * LF_ERROR_SHUTDOWN and waits until those in flight have returned; for those that have called the user's code at most half a
 * second, because it may have ended the process and wait for this. Returns the number still in flight.
 */
LF_API int32_t lf_shutdown(const int64_t * timeout_ms);

enum lf_self_test_kind {
    LF_SELF_TEST_ABORT            = 0, /* GGML_ABORT on this thread, inside the guard */
    LF_SELF_TEST_EXCEPTION        = 1, /* std::runtime_error inside the guard */
    LF_SELF_TEST_UNKNOWN          = 2, /* an exception that is not a std::exception */
    LF_SELF_TEST_WORKER_ABORT     = 4, /* GGML_ABORT on each worker thread of the CPU backend at once, in a graph */
    /* Each of those that follow ends the process. */
    LF_SELF_TEST_UNGUARDED_ABORT  = 3, /* GGML_ABORT outside the guard */
    LF_SELF_TEST_WORKER_EXCEPTION = 5, /* an exception on each of them */
    LF_SELF_TEST_NOEXCEPT_ABORT   = 6, /* GGML_ABORT inside the guard, in a function that must not throw */
    LF_SELF_TEST_PURE_VIRTUAL     = 7, /* a call of a function that no class defines */
    LF_SELF_TEST_SEGV             = 8, /* a write to address 16 */
    LF_SELF_TEST_FPE              = 9, /* an integer division by zero */
    LF_SELF_TEST_FREEING          = 10, /* GGML_ABORT inside the guard, in a destructor */
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
    int32_t                    reserved;
};

/* llama_detokenize, without the text of control tokens. LF_OK also where the text did not fit: then length is greater than capacity. */
LF_API int32_t lf_detokenize(struct lf_detokenize_request * request);

/*
 * llama_token_to_piece without stripping of leading spaces: writes the bytes of one token and returns their number; the
 * negative of the number needed where that is more than piece->capacity; or an lf_status.
 */
struct lf_token_info {
    const char * text;          /* lies there as long as the vocabulary */
    float        score;
    int32_t      attributes;    /* of enum llama_token_attr */
};

/* llama_vocab_get_text, _score and _attr. A model may have tokens and no vocabulary: LF_ERROR_FAILED. */
LF_API int32_t lf_token_describe(const struct llama_vocab * vocab, struct lf_token_info * out, int32_t token);

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

/* Of a pool whose graph was left in the middle, by an abort or an exception: its threads leave it too, where they can (not on Windows). */
LF_API void lf_threadpool_abandon(struct ggml_threadpool * threadpool);

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

/*
 * llama_model_meta_val_str, and llama_model_desc where key is NULL: these allocate. Writes as snprintf does and returns the
 * whole length; -1: there is no such key; else an lf_status.
 */
LF_API int32_t lf_model_text(const struct llama_model * model, const char * key, char * out, size_t capacity);

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

/* llama_set_causal_attn: from now on a token sees only those before it, or all of its ubatch too. */
LF_API int32_t lf_set_causal(struct llama_context * context, int32_t causal);

struct lf_row_request {
    struct llama_context * context;
    const float *          data;        /* out: lies there until the next lf_decode or lf_encode */
    int32_t                row;
    int32_t                reserved;
};

/* llama_get_logits_ith. LF_ERROR_FAILED: there is no such row. */
LF_API int32_t lf_logits(struct lf_row_request * request);

/* llama_get_embeddings_ith. LF_ERROR_FAILED: there is no such row. */
LF_API int32_t lf_embedding(struct lf_row_request * request);

/* llama_get_embeddings_seq, of the sequence whose id is the row. LF_ERROR_FAILED: there is none of it. */
LF_API int32_t lf_pooled_embedding(struct lf_row_request * request);

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
    int32_t n_rollback;         /* states kept for each sequence that it can go back to */
    int32_t type_k;             /* enum ggml_type; of a state memory, that of its states; -1: nothing is kept */
    int32_t type_v;
    int32_t reserved;
    int64_t bytes;              /* of all its buffers */
    bool    can_shift;          /* positions can be changed: llama_memory_can_shift, and the keys can follow */
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

/*
 * What a state depends on, one line per fact: "<name>\t<value>\n", in UTF-8. Writes at most capacity bytes; returns how many
 * there are, or an lf_status.
 */
LF_API int64_t lf_state_facts(const struct llama_context * context, char * out, int64_t capacity);

/* Takes the next bytes of a state that is written, or fills them in for one that is read. 1: done; else the call fails. */
typedef int32_t (*lf_state_transfer)(int64_t address, int64_t size);

struct lf_state_request {
    struct llama_context * context;
    int64_t                size;        /* of a state that is read, in bytes */
    lf_state_transfer      transfer;    /* called on the calling thread, with pieces of at most 1 MiB */
    int32_t                seq_id;      /* -1: all sequences */
    int32_t                reserved;
};

/* Bytes that lf_state_write would write, or an lf_status. */
LF_API int64_t lf_state_size(const struct lf_state_request * request);

/* Writes the memory of a sequence or of all; returns the bytes written, or an lf_status. */
LF_API int64_t lf_state_write(const struct lf_state_request * request);

/*
 * Replaces the memory of a sequence or of all; returns the bytes read. Where that is not size, or an lf_status, the sequence
 * (or everything) was removed. The bytes must be those of lf_state_write: upstream allocates by lengths that it reads, unchecked.
 */
LF_API int64_t lf_state_read(const struct lf_state_request * request);

/* ---- adapters ---- */

struct lf_tensor_request {
    const struct llama_model * model;
    const char *               name;
    int64_t                    shape[4];    /* out: elements of each dimension, 1 where there is none */
};

/* Shape of a tensor of the model: 1, or 0 where it has none of that name, or an lf_status. */
LF_API int32_t lf_model_tensor(struct lf_tensor_request * request);

struct lf_lora_request {
    struct llama_model * model;
    const char *         path;
};

/* llama_adapter_lora_init. Any thread. NULL: see lf_last_error(). */
LF_API struct llama_adapter_lora * lf_lora_load(const struct lf_lora_request * request);

/* llama_adapter_lora_free, before the model is freed and after no context uses it any more. Any thread. */
LF_API void lf_lora_free(struct llama_adapter_lora * lora);

struct lf_adapters_request {
    struct llama_context *             context;
    struct llama_adapter_lora * const * loras;
    const float *                      scales;          /* as many as loras */
    const float *                      vector;          /* n_embd values for each layer from 1 on; NULL: no control vector */
    int64_t                            vector_length;   /* values */
    int32_t                            n_loras;
    int32_t                            n_embd;
};

/*
 * llama_set_adapters_lora and llama_set_adapter_cvec for all layers, and reserves the graphs anew. After LF_ERROR_EXCEPTION or
 * LF_ERROR_ABORT only lf_context_free may follow.
 */
LF_API int32_t lf_adapters_set(const struct lf_adapters_request * request);

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
    LF_SAMPLER_GREEDY          = 0,
    LF_SAMPLER_DIST            = 1,  /* seed */
    LF_SAMPLER_TOP_K           = 2,  /* i0: k */
    LF_SAMPLER_TOP_P           = 3,  /* f0: p, i0: min_keep */
    LF_SAMPLER_MIN_P           = 4,  /* f0: p, i0: min_keep */
    LF_SAMPLER_TEMPERATURE     = 5,  /* f0: t */
    LF_SAMPLER_PENALTIES       = 6,  /* i0: last_n, f0: repeat, f1: frequency, f2: presence */
    LF_SAMPLER_TYPICAL         = 7,  /* f0: p, i0: min_keep */
    LF_SAMPLER_TEMPERATURE_EXT = 8,  /* f0: t, f1: delta, f2: exponent */
    LF_SAMPLER_XTC             = 9,  /* f0: p, f1: t, i0: min_keep, seed */
    LF_SAMPLER_TOP_N_SIGMA     = 10, /* f0: n */
    LF_SAMPLER_MIROSTAT        = 11, /* seed, f0: tau, f1: eta, i0: m */
    LF_SAMPLER_MIROSTAT_V2     = 12, /* seed, f0: tau, f1: eta */
    LF_SAMPLER_DRY             = 13, /* f0: multiplier, f1: base, i0: allowed_length, i1: last_n, data: n breakers, const char * */
    LF_SAMPLER_ADAPTIVE_P      = 14, /* f0: target, f1: decay, seed */
    LF_SAMPLER_LOGIT_BIAS      = 15, /* data: n struct llama_logit_bias */
    LF_SAMPLER_NO_END          = 16, /* a logit bias of -INFINITY for every token that ends a generation */
    LF_SAMPLER_INFILL          = 17,
    LF_SAMPLER_GRAMMAR         = 18, /* data: one struct lf_grammar_request */
    LF_SAMPLER_JAVA            = 19, /* not ours: lf_sampler_sample stops before it */
};

struct lf_sampler_spec {
    int32_t      type;          /* enum lf_sampler_type */
    uint32_t     seed;
    int32_t      i0;
    int32_t      i1;
    float        f0;
    float        f1;
    float        f2;
    int32_t      n;
    const void * data;          /* read during lf_sampler_new only */
};

/*
 * A grammar; with triggers it waits for one of them. Words and tokens are found here, patterns by the caller, who reads
 * lf_grammar_state and calls lf_sampler_trigger.
 */
struct lf_grammar_request {
    const char *         gbnf;
    const char *         root;
    const int32_t *      trigger_tokens;
    const char * const * trigger_words;         /* none of them empty */
    int32_t              n_trigger_tokens;
    int32_t              n_trigger_words;
    bool                 trigger_patterns;      /* whether the caller looks for more */
    const char *         written;               /* what the grammar begins with and the prompt has already; NULL: nothing */
};

struct lf_sampler_request {
    const struct llama_vocab *        vocab;
    const struct lf_sampler_spec *    specs;
    const struct lf_grammar_request * grammar;  /* of the whole answer, as common_sampler has it; NULL: none */
    int32_t                           n_specs;
    int32_t                           reserved;
};

/* What a grammar with patterns waits in: the bytes of all tokens that it has seen since it waits. */
struct lf_grammar_state {
    const char * text;          /* changes with each token */
    int64_t      length;        /* of text, in bytes */
    int64_t      start;         /* in: byte where a pattern was found; -1: none */
    bool         waiting;       /* for a pattern, among others; else text is not kept */
};

/* A chain and its state. What is declared here belongs to whoever runs the samplers that are written in Java. */
struct lf_sampler {
    struct llama_token_data_array candidates;   /* data never moves and has room for the vocabulary */
    struct lf_grammar_state       states[2];    /* of the request's grammar, and of the chain's */
    int32_t                       link;         /* index among the specs of the one that lf_sampler_sample stopped before */
    int32_t                       n_vocab;
};

/* lf_sampler_sample and its kind: a sampler that is written in Java comes next. */
#define LF_SAMPLER_STOPPED (-1)

/*
 * A chain of the given samplers, in order. The tokens that the vocabulary suppresses are excluded before all of them, as
 * the tools do. A chain has at most one grammar.
 */
LF_API struct lf_sampler * lf_sampler_new(const struct lf_sampler_request * request);

LF_API void lf_sampler_free(struct lf_sampler * sampler);

/* Another one with all of its state. */
LF_API struct lf_sampler * lf_sampler_copy(const struct lf_sampler * sampler);

/*
 * As llama_sampler_sample for the index-th row of the last batch, which must have asked for logits: the token, accepted.
 * With the request's grammar as common_sampler_sample: only where the grammar forbids the token that was chosen, it
 * filters the whole vocabulary and the chain chooses again.
 *
 * LF_SAMPLER_STOPPED: the caller applies its own sampler to the candidates, then calls lf_sampler_continue.
 */
LF_API int32_t lf_sampler_sample(struct lf_sampler * sampler, struct llama_context * context, int32_t index);

/* Goes on after a sampler that is written in Java: returns what the call that stopped before it returns. */
LF_API int32_t lf_sampler_continue(struct lf_sampler * sampler);

struct lf_candidates_request {
    struct llama_context * context;
    int32_t                index;
    int32_t                most;        /* at least 0 */
};

/*
 * Applies the chain without its last sampler and accepts nothing. Returns how many of the candidates, best first, stand in
 * sampler->candidates, at most request->most, none of them excluded; their p is the logarithm of the probability among
 * all that are left. LF_SAMPLER_STOPPED as above.
 */
LF_API int32_t lf_sampler_candidates(struct lf_sampler * sampler, const struct lf_candidates_request * request);

/* Sorts the candidates by logit, descending. */
LF_API int32_t lf_sampler_sort(struct lf_sampler * sampler);

/* llama_sampler_accept for each of the tokens, none of them checked against the vocabulary, by all but the grammars. */
LF_API int32_t lf_sampler_accept(struct lf_sampler * sampler, const int32_t * tokens, int32_t n_tokens);

/* Starts each waiting grammar whose state says where; its tokens from there on are accepted by it. */
LF_API int32_t lf_sampler_trigger(struct lf_sampler * sampler);

/* llama_sampler_reset. */
LF_API int32_t lf_sampler_reset(struct lf_sampler * sampler);

/* ---- chat ---- */

struct lf_chat_templates;
struct lf_chat_parser;

struct lf_chat_templates_request {
    const struct llama_model * model;   /* whose templates and special tokens are taken */
    const char *               source;  /* a Jinja template instead of the model's; NULL: the model's, or ChatML where it has none */
};

/* Text in, text out. */
struct lf_chat_call {
    const char * input;
    char *       output;                /* out: freed with lf_chat_free_output; NULL where the call failed */
    int64_t      input_length;          /* bytes */
    int64_t      output_length;         /* out: bytes */
    bool         partial;               /* lf_chat_parse: whether the text goes on */
};

LF_API void lf_chat_free_output(char * output);

/* common_chat_templates_init; may be used by several threads at once. The model must live as long. NULL: see lf_last_error(). */
LF_API struct lf_chat_templates * lf_chat_templates_new(const struct lf_chat_templates_request * request);

LF_API void lf_chat_templates_free(struct lf_chat_templates * templates);

/* Out: {explicit, source, tool_use_source, supports_thinking, caps: {name: bool}}. */
LF_API int32_t lf_chat_describe(const struct lf_chat_templates * templates, struct lf_chat_call * call);

/*
 * common_chat_templates_apply. In: {messages, tools, tool_choice, parallel_tool_calls, json_schema, grammar,
 * add_generation_prompt, enable_thinking, reasoning_format, continue_final_message, template_arguments, now}, where
 * messages and tools are as OpenAI has them. Out: the fields of common_chat_params.
 */
LF_API int32_t lf_chat_apply(const struct lf_chat_templates * templates, struct lf_chat_call * call);

/* In: {format, parser, generation_prompt} of lf_chat_apply, and {reasoning_format}. */
LF_API struct lf_chat_parser * lf_chat_parser_new(const struct lf_chat_call * call);

LF_API void lf_chat_parser_free(struct lf_chat_parser * parser);

/* common_chat_parse. In: all of an answer so far. Out: the message as OpenAI has it. */
LF_API int32_t lf_chat_parse(const struct lf_chat_parser * parser, struct lf_chat_call * call);

/* In: a JSON schema. Out: GBNF. */
LF_API int32_t lf_json_schema_to_grammar(struct lf_chat_call * call);

#ifdef __cplusplus
}
#endif

#endif
