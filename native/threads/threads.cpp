/*
 * threads: what the Java layer does with several threads, over the shim's C ABI and without a JVM, so that ThreadSanitizer
 * sees all of it (docs/safety/sanitizers.md). Each part checks its results; the first that is wrong ends the program.
 *
 *   threads MODEL [ROUNDS]     a model of architecture llama; the CPU module lies beside the core library
 *
 * A sanitizer watches this program only where both are built with it: preset sanitize-thread.
 */
#include "llamaffm.h"

#include "ggml-backend.h"
#include "gguf.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <unistd.h>

namespace {

constexpr int CONTEXTS = 3;
constexpr int THREADS  = 2; // of each pool
constexpr int CTX      = 256;

#define CHECK(condition)                                                                                \
    do {                                                                                                \
        if (!(condition)) {                                                                             \
            fprintf(stderr, "threads: line %d: %s: %s\n", __LINE__, #condition, lf_last_error());       \
            exit(1);                                                                                    \
        }                                                                                               \
    } while (false)

void in_parallel(std::vector<std::function<void()>> works) {
    std::vector<std::thread> threads;
    for (auto & work : works) {
        threads.emplace_back(std::move(work));
    }
    for (auto & thread : threads) {
        thread.join();
    }
}

// As Java writes a flag that is being polled.
void request_stop(lf_cancel & cancel) {
    __atomic_store_n(&cancel.requested, 1, __ATOMIC_RELAXED);
}

lf_model_request load_request(const char * path) {
    lf_model_request request{};
    request.path = path;
    lf_model_default_params(&request.params);
    return request;
}

struct pool {
    ggml_threadpool * native;

    pool() {
        const lf_threadpool_request request = { THREADS, 0 };
        native = lf_threadpool_new(&request);
        CHECK(native);
    }
    ~pool() { lf_threadpool_free(native); }
    pool(const pool &)             = delete;
    pool & operator=(const pool &) = delete;
};

struct context {
    lf_cancel       cancel{};
    llama_context * native;

    context(llama_model * model, const pool & pool, int n_batch = 64) {
        lf_context_request request{};
        request.model      = model;
        request.cancel     = &cancel;
        request.threadpool = pool.native;
        lf_context_default_params(&request.params);
        request.params.n_ctx           = CTX;
        request.params.n_batch         = n_batch;
        request.params.n_ubatch        = n_batch;
        request.params.n_threads       = THREADS;
        request.params.n_threads_batch = THREADS;
        native = lf_context_new(&request);
        CHECK(native);
    }
    ~context() { lf_context_free(native); }
    context(const context &)             = delete;
    context & operator=(const context &) = delete;

    int32_t decode(std::vector<llama_token> tokens) {
        const llama_batch batch = llama_batch_get_one(tokens.data(), static_cast<int32_t>(tokens.size()));
        return lf_decode(native, &batch);
    }

    void clear() {
        lf_memory_request all{};
        all.context = native;
        all.p0      = -1;
        all.p1      = -1;
        CHECK(lf_memory_seq_rm(&all) == 1);
    }
};

std::vector<llama_token> tokens_of(const llama_model * model, const std::string & text) {
    std::vector<llama_token> tokens(text.size() + 8);
    lf_tokenize_request request{};
    request.vocab       = llama_model_get_vocab(model);
    request.text        = text.data();
    request.text_length = static_cast<int64_t>(text.size());
    request.tokens      = tokens.data();
    request.capacity    = static_cast<int32_t>(tokens.size());
    CHECK(lf_tokenize(&request) == LF_OK && request.count <= request.capacity);
    tokens.resize(request.count);
    return tokens;
}

std::vector<llama_token> generate(llama_model * model, context & context, int n) {
    lf_sampler_spec specs[2] = {};
    specs[0].type = LF_SAMPLER_PENALTIES;
    specs[0].i0   = 64;
    specs[0].f0   = 1.1f;
    specs[1].type = LF_SAMPLER_GREEDY;
    lf_sampler_request request{};
    request.vocab      = llama_model_get_vocab(model);
    request.specs      = specs;
    request.n_specs    = 2;
    lf_sampler * sampler = lf_sampler_new(&request);
    CHECK(sampler);
    std::vector<llama_token> out;
    std::vector<llama_token> next = tokens_of(model, "The capital of France is");
    for (int i = 0; i < n; i++) {
        CHECK(context.decode(next) == 0);
        next = { lf_sampler_sample(sampler, context.native, -1) };
        CHECK(next[0] >= 0);
        out.push_back(next[0]);
    }
    lf_sampler_free(sampler);
    return out;
}

// ---- the parts ----

// Contexts of one model compute at once, each on its own pool, while other threads ask the model and plan.
void contexts(llama_model * model) {
    constexpr int N = 4;
    std::vector<llama_token> expected;
    {
        const pool pool;
        context    alone(model, pool);
        expected = generate(model, alone, N);
    }
    std::atomic<int>                   computing{ CONTEXTS };
    std::vector<std::function<void()>> works;
    for (int i = 0; i < CONTEXTS; i++) {
        works.push_back([&] {
            const pool pool;
            {
                context own(model, pool);
                CHECK(generate(model, own, N) == expected);
            }
            computing--;
        });
    }
    works.push_back([&] {
        do {
            const std::string text(5000, 'a'); // on a big stack
            CHECK(!tokens_of(model, text).empty());
            lf_device devices[4];
            CHECK(lf_devices(devices, 4) == 1);
            lf_model_traits traits;
            CHECK(lf_model_get_traits(model, &traits) == LF_OK);
        } while (computing > 0);
    });
    works.push_back([&] {
        do {
            lf_plan_part    parts[4];
            lf_plan_request plan{};
            plan.model    = model;
            plan.parts    = parts;
            plan.capacity = 4;
            lf_context_default_params(&plan.params);
            plan.params.n_ctx = CTX;
            CHECK(lf_plan_measure(&plan) == LF_OK && parts[0].kv_cache > 0);
        } while (computing > 0);
    });
    in_parallel(std::move(works));
}

// Two contexts take turns on one pool, as ThreadPool lets them.
void shared_pool(llama_model * model) {
    const pool pool;
    std::mutex turn;
    const auto work = [&] {
        std::unique_lock<std::mutex> lock(turn);
        context own(model, pool);
        lock.unlock();
        for (int i = 0; i < 4; i++) {
            lock.lock();
            llama_attach_threadpool(own.native, pool.native, nullptr);
            CHECK(own.decode({ 1, 2, 3 }) == 0);
            lock.unlock();
        }
        lock.lock(); // freed within its turn
    };
    in_parallel({ work, work });
}

// Another thread stops a decode; the context goes on afterwards, and is freed by a third thread.
void cancel(llama_model * model) {
    const pool               pool;
    auto *                   stopped = new context(model, pool, CTX);
    std::vector<llama_token> prompt(200, 5);
    std::atomic<bool>        decoding{ false };
    in_parallel({
        [&] {
            decoding = true;
            int32_t status;
            do {
                stopped->clear();
                status = stopped->decode(prompt);
            } while (status == 0);
            CHECK(status == 2);
        },
        [&] {
            while (!decoding) {
                std::this_thread::yield();
            }
            request_stop(stopped->cancel);
        },
    });
    in_parallel({ [&] {
        stopped->cancel = {};
        stopped->clear();
        CHECK(stopped->decode({ 1, 2, 3 }) == 0);
        stopped->cancel.stop_after = 2;
        CHECK(stopped->decode({ 4, 5 }) == 2);
    } });
    in_parallel({ [&] { delete stopped; } });
}

// Several loads at once; all but the first are stopped half-way by another thread.
void loads(const char * path) {
    struct load {
        lf_cancel         cancel{};
        bool              stopped;
        std::atomic<bool> half{ false };
    };
    load                               running[3];
    std::vector<std::function<void()>> works;
    for (load & one : running) {
        one.stopped = &one != running;
        works.push_back([&one, path] {
            lf_model_request request                   = load_request(path);
            request.cancel                             = &one.cancel;
            request.params.load_mode                   = one.stopped ? LLAMA_LOAD_MODE_NONE : LLAMA_LOAD_MODE_MMAP;
            request.params.progress_callback_user_data = &one;
            request.params.progress_callback           = [](float value, void * data) {
                auto & self = *static_cast<load *>(data);
                if (value > 0.5f) {
                    self.half = true;
                    while (self.stopped && __atomic_load_n(&self.cancel.requested, __ATOMIC_RELAXED) == 0) {
                        std::this_thread::yield();
                    }
                }
                return true;
            };
            llama_model * model = lf_model_load(&request);
            CHECK((model == nullptr) == one.stopped);
            if (model) {
                lf_model_free(model);
            }
        });
        if (one.stopped) {
            works.push_back([&one] {
                while (!one.half) {
                    std::this_thread::yield();
                }
                request_stop(one.cancel);
            });
        }
    }
    in_parallel(std::move(works));
}

// Two threads log, one reads the ring, one changes what is kept. The counter says when there is news.
void log_ring(const char * path) {
    const int64_t *   counter = lf_log_counter();
    std::atomic<int>  logging{ 2 };
    std::atomic<bool> drained{ false };
    const auto        chatter = [&] {
        for (int i = 0; i < 2; i++) {
            lf_model_request request = load_request(path);
            request.params.vocab_only = true;
            llama_model * model = lf_model_load(&request);
            CHECK(model);
            lf_model_free(model);
        }
        logging--;
    };
    in_parallel({ chatter, chatter,
        [&] {
            std::vector<char> out(1 << 16);
            int64_t           seen  = 0;
            int64_t           bytes = 0;
            while (logging > 0) {
                if (const int64_t now = __atomic_load_n(counter, __ATOMIC_ACQUIRE); now != seen) {
                    seen = now;
                    bytes += lf_log_drain(out.data(), static_cast<int64_t>(out.size()));
                }
            }
            CHECK(bytes > 0);
            drained = true;
        },
        [&] {
            for (int level = 0; !drained; level = !level) {
                const lf_init_params params = { "", level ? GGML_LOG_LEVEL_DEBUG : GGML_LOG_LEVEL_INFO };
                CHECK(lf_init(&params) == LF_OK);
                std::this_thread::yield();
            }
        } });
    const lf_init_params params = { "", GGML_LOG_LEVEL_WARN };
    CHECK(lf_init(&params) == LF_OK);
}

// Aborts and exceptions on several threads: each has its own message.
void guards() {
    const auto work = [](int32_t kind, int32_t status, const char * text) {
        return [=] {
            for (int i = 0; i < 200; i++) {
                CHECK(lf_self_test(kind) == status && strstr(lf_last_error(), text));
            }
        };
    };
    in_parallel({
        work(LF_SELF_TEST_ABORT, LF_ERROR_ABORT, "self-test: abort"),
        work(LF_SELF_TEST_ABORT, LF_ERROR_ABORT, "self-test: abort"),
        work(LF_SELF_TEST_EXCEPTION, LF_ERROR_EXCEPTION, "self-test: exception"),
        work(LF_SELF_TEST_UNKNOWN, LF_ERROR_EXCEPTION, "unknown type"),
    });
}

// A LoRA of rank 2 for the first query matrix, all ones.
std::string write_lora(llama_model * model) {
    lf_tensor_request tensor{};
    tensor.model = model;
    tensor.name  = "blk.0.attn_q.weight";
    CHECK(lf_model_tensor(&tensor) == 1);
    ggml_context * tensors = ggml_init({ 1 << 20, nullptr, false });
    gguf_context * gguf    = gguf_init_empty();
    gguf_set_val_str(gguf, "general.type", "adapter");
    gguf_set_val_str(gguf, "general.architecture", "llama");
    gguf_set_val_str(gguf, "adapter.type", "lora");
    gguf_set_val_f32(gguf, "adapter.lora.alpha", 2);
    const auto add = [&](const char * name, int64_t columns, int64_t rows) {
        ggml_tensor * made = ggml_new_tensor_2d(tensors, GGML_TYPE_F32, columns, rows);
        ggml_set_name(made, name);
        for (int64_t i = 0; i < columns * rows; i++) {
            static_cast<float *>(made->data)[i] = 1e-3f;
        }
        gguf_add_tensor(gguf, made);
    };
    add("blk.0.attn_q.weight.lora_a", tensor.shape[0], 2);
    add("blk.0.attn_q.weight.lora_b", 2, tensor.shape[1]);
    std::string path = "threads-lora-" + std::to_string(getpid()) + ".gguf";
    CHECK(gguf_write_to_file(gguf, path.c_str(), false));
    gguf_free(gguf);
    ggml_free(tensors);
    return path;
}

// LoRAs come and go on one thread, while another makes contexts and a third changes what its own uses, and computes.
void adapters(llama_model * model) {
    const std::string path = write_lora(model);
    std::atomic<int>  others{ 2 };
    in_parallel({
        [&] {
            do {
                const lf_lora_request request = { model, path.c_str() };
                llama_adapter_lora *  lora    = lf_lora_load(&request);
                CHECK(lora);
                lf_lora_free(lora);
            } while (others > 0);
        },
        [&] {
            const pool pool;
            for (int i = 0; i < 3; i++) {
                context made(model, pool);
                CHECK(made.decode({ 1 }) == 0);
            }
            others--;
        },
        [&] {
            const lf_lora_request request = { model, path.c_str() };
            llama_adapter_lora *  lora    = lf_lora_load(&request);
            CHECK(lora);
            {
                const pool pool;
                context    own(model, pool);
                for (int i = 0; i < 3; i++) {
                    const float         scale = 0.5f;
                    lf_adapters_request set{};
                    set.context = own.native;
                    set.loras   = &lora;
                    set.scales  = &scale;
                    set.n_loras = i % 2;
                    CHECK(lf_adapters_set(&set) == LF_OK && own.decode({ 1, 2 }) == 0);
                }
            }
            lf_lora_free(lora);
            others--;
        },
    });
    CHECK(remove(path.c_str()) == 0);
}

// One context is saved by another thread than the one that computed, while a second one computes.
void states(llama_model * model) {
    static thread_local std::vector<char> saved;
    const pool                            first_pool;
    const pool                            second_pool;
    context                               first(model, first_pool);
    context                               second(model, second_pool);
    in_parallel({ [&] { CHECK(first.decode({ 1, 2, 3, 4 }) == 0); } });
    in_parallel({
        [&] {
            lf_state_request request{};
            request.context  = first.native;
            request.seq_id   = -1;
            request.transfer = [](int64_t address, int64_t size) -> int32_t {
                const auto * bytes = reinterpret_cast<const char *>(address);
                saved.insert(saved.end(), bytes, bytes + size);
                return 1;
            };
            const int64_t size = lf_state_size(&request);
            CHECK(size > 0 && lf_state_write(&request) == size && static_cast<int64_t>(saved.size()) == size);
        },
        [&] { CHECK(second.decode({ 4, 3, 2, 1 }) == 0); },
    });
}

// What is computed when the process ends is stopped, and nothing starts any more. The last part.
void end(llama_model * model) {
    std::atomic<int>                   computing{ 0 };
    std::vector<std::function<void()>> works;
    for (int i = 0; i < CONTEXTS; i++) {
        works.push_back([&] {
            const pool pool;
            context    own(model, pool);
            computing++;
            int32_t status;
            do {
                own.clear();
                status = own.decode(std::vector<llama_token>(64, 7));
                if (status == 2) {
                    status = own.decode({ 1 });
                }
            } while (status == 0);
            CHECK(status == LF_ERROR_SHUTDOWN);
        });
    }
    works.push_back([&] {
        while (computing < CONTEXTS) {
            std::this_thread::yield();
        }
        const int64_t ten_minutes = 600'000;
        CHECK(lf_shutdown(&ten_minutes) == 0);
    });
    in_parallel(std::move(works));
}

void load_modules() {
    Dl_info info;
    CHECK(dladdr(reinterpret_cast<const void *>(lf_init), &info));
    const std::string    core   = info.dli_fname;
    const std::string    module = core.substr(0, core.rfind('/') + 1) + "libggml-cpu.so";
    const lf_init_params params = { "", GGML_LOG_LEVEL_WARN };
    CHECK(lf_init(&params) == LF_OK);
    CHECK(lf_backend_score(module.c_str()) > 0 && lf_backend_load(module.c_str()) == LF_OK);
}

} // namespace

int main(int argc, char ** argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: threads MODEL [ROUNDS]\n");
        return 2;
    }
    const char * path   = argv[1];
    const int    rounds = argc > 2 ? atoi(argv[2]) : 1;
    load_modules();
    lf_model_request request = load_request(path);
    llama_model *    model   = lf_model_load(&request);
    CHECK(model);
    const auto part = [](const char * name, const std::function<void()> & work) {
        printf("%s\n", name);
        fflush(stdout);
        work();
    };
    for (int i = 0; i < rounds; i++) {
        part("contexts", [&] { contexts(model); });
        part("shared pool", [&] { shared_pool(model); });
        part("cancel", [&] { cancel(model); });
        part("loads", [&] { loads(path); });
        part("log ring", [&] { log_ring(path); });
        part("guards", guards);
        part("adapters", [&] { adapters(model); });
        part("states", [&] { states(model); });
    }
    part("end", [&] { end(model); });
    // Nothing may be freed any more: the process ends with it, as a JVM does.
    printf("%d rounds\n", rounds);
    fflush(stdout);
    _exit(0);
}
