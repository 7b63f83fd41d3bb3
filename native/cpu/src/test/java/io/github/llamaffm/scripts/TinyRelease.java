package io.github.llamaffm.scripts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A tiny llama.cpp in two releases, and a checkout of ours that binds it. */
record TinyRelease(Path root) {

    private static final String CONTEXT_PARAMS = "struct llama_context_params { uint32_t n_ctx; float scale; bool flag; };";

    /** With the environment of this test: libclang comes from the build cache, or from PyPI. */
    static Checkout checkout(Path folder) {
        Checkout checkout = new Checkout(folder);
        checkout.environment.clear();
        checkout.environment.putAll(System.getenv());
        checkout.environment.remove("LLAMA_CPP_DIR");
        for (String script : List.of("ci/upgrade-llama.cpp", "ci/bindings", "ci/upgrade/report", "ci/upgrade/requirements.txt", "ci/upgrade/report.py",
                "ci/upgrade/clang_tree.py", "ci/upgrade/declarations.py", "ci/upgrade/headers.py", "ci/upgrade/holds.py",
                "ci/upgrade/insides.py", "ci/upgrade/markdown.py", "ci/upgrade/compiles.py")) {
            checkout.copyScript(script);
        }
        checkout.write("bindings/src/generated/llamaffm_bindings.h", "#include \"llama.h\"\n#include \"llamaffm.h\"\n");
        checkout.write("bindings/src/generated/includes.txt", """
                # include/llama.h
                --include-constant LLAMA_POOLING_MEAN
                --include-constant LLAMA_POOLING_NONE
                --include-constant LLAMA_STATE_VERSION
                --include-typedef llama_callback
                --include-struct llama_context_params
                --include-function llama_context_default_params
                --include-function llama_count
                --include-function llama_decode
                --include-function llama_free
                --include-function llama_gone
                """);
        checkout.write("bindings/src/generated/includes-derived.txt", "--include-function lf_decode\n");
        checkout.write("native/shim/llamaffm.h", "int lf_decode(void);\n");
        checkout.write("native/shim/shim.cpp", "#include \"llama.h\"\n#include \"llama-arch.h\"\n");
        checkout.write("native/steps.h", """
                #define find(x) (x)
                #define gone(x) (x)
                #define LLAMAFFM_OURS 1
                #ifdef ELSEWHERE
                #define other(x) (x)
                #endif
                #define same(x) (x)
                """);
        checkout.write("docs/upstream/stacks.md", "See `grammar.cpp` and `memory.cpp`, and `llama.h`.\n");
        checkout.write("docs/page.md", "Seen\nwith v1.\n");
        checkout.write("docs/upgrading/v1-v2.md", "v1\n");
        Checkout.git(checkout.root, "init", "-q");
        commit(checkout);
        return checkout;
    }

    static void commit(Checkout checkout) {
        Checkout.git(checkout.root, "add", "-A");
        Checkout.git(checkout.root, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "ours");
    }

    static TinyRelease before(Path root) {
        TinyRelease release = new TinyRelease(root);
        release.write("include/llama.h", header(CONTEXT_PARAMS, """
                #define LLAMA_STATE_VERSION 9
                enum llama_pooling { LLAMA_POOLING_NONE = 0, LLAMA_POOLING_MEAN = 1 };
                typedef bool (*llama_callback)(float progress, void * user_data);
                // Decodes a token.
                // Returns 0.
                int32_t llama_decode(struct llama_context * ctx, llama_token token);
                int llama_count(const struct llama_context * ctx);
                void llama_gone(void);
                """));
        release.write("ggml/include/ggml.h", "void ggml_unbound(void);\n");
        release.write("src/llama-arch.h", "enum llm_arch {\n    LLM_ARCH_LLAMA,\n    LLM_ARCH_UNKNOWN,\n};\n");
        release.write("src/defaults.cpp", """
                #include "llama.h"
                extern "C" struct llama_context_params llama_context_default_params(void) {
                    return { /*.n_ctx =*/ 512, /*.scale =*/ 1.0f, /*.flag =*/ true };
                }
                """);
        release.write("src/grammar.cpp", """
                int search() {
                    // find(5)
                    const char * text = "find(5)";
                    if (find(3) || gone(1)) { return 1; }
                    return find(4) + same(text != nullptr);
                }
                """);
        release.write("src/memory.cpp", "int memory() { return find(7); }\n");
        release.write("models/templates/one.jinja", "one\n");
        return release;
    }

    static TinyRelease after(Path root) {
        TinyRelease release = new TinyRelease(root);
        release.write("include/llama.h", header("struct llama_context_params { uint32_t n_ctx; uint32_t n_seq; float scale; bool flag; };", """
                #include <stdio.h>
                #define LLAMA_STATE_VERSION 10
                enum llama_pooling { LLAMA_POOLING_NONE = 0, LLAMA_POOLING_CLS = 1, LLAMA_POOLING_MEAN = 2 };
                struct llama_pair { int32_t a; int32_t b; };
                typedef bool (*llama_callback)(double progress, void * user_data);
                // Decodes a token.
                // Returns 0, or 1 where there is no room.
                int32_t llama_decode(struct llama_context * context, llama_token token);
                int32_t llama_count(const struct llama_context * ctx);
                bool llama_fresh(struct llama_pair pair);
                void llama_log_to(FILE * file);
                __attribute__((deprecated("not so"))) void llama_old_way(void);
                struct llama_context_params llama_nowhere_default_params(void);
                """));
        release.write("ggml/include/ggml.h", "__attribute__((deprecated(\"use another\"))) void ggml_unbound(void);\n");
        release.write("src/llama-arch.h", "enum llm_arch {\n    LLM_ARCH_LLAMA,\n    LLM_ARCH_NEW,\n    LLM_ARCH_UNKNOWN,\n};\n");
        release.write("src/defaults.cpp", """
                #include "llama.h"
                extern "C" struct llama_context_params llama_context_default_params(void) {
                    return { /*.n_ctx =*/ 0, /*.n_seq =*/ 1, /*.scale =*/ 1.0f, /*.flag =*/ true };
                }
                """);
        release.write("src/grammar.cpp", """
                int search() {
                    // find(5)
                    const char * text = "find(5)";
                    return find(4) + same(text != nullptr);
                }
                """);
        release.write("src/recurrent.cpp", "int memory() { return find(7); }\n");
        release.write("models/templates/one.jinja", "one, changed\n");
        release.write("models/templates/two.jinja", "two\n");
        return release;
    }

    /** As CMake writes it: how our build compiles the sources of a release. */
    static Path commands(Path release, Checkout checkout) {
        StringBuilder json = new StringBuilder("[");
        for (String source : List.of("defaults", "grammar", "memory")) {
            Path file = release.resolve("src/" + source + ".cpp");
            if (Files.exists(file)) {
                String before = source.equals("defaults") ? "" : "\"-include\", \"%s\", ".formatted(checkout.root.resolve("native/steps.h"));
                json.append(json.length() > 1 ? "," : "").append("""
                        {"directory": "%s", "file": "%s", "arguments": ["c++", "-I%s", %s"-o", "x.o", "-c", "%s"]}
                        """.formatted(release, file, release.resolve("include"), before, file));
            }
        }
        try {
            return Files.writeString(release.resolveSibling(release.getFileName() + ".json"), json.append("]"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String header(String contextParams, String declarations) {
        return """
                #pragma once
                #include <stdbool.h>
                #include <stdint.h>
                #include "../ggml/include/ggml.h"
                typedef int32_t llama_token;
                struct llama_context;
                %s
                struct llama_context_params llama_context_default_params(void);
                void llama_free(struct llama_context * ctx);
                %s""".formatted(contextParams, declarations);
    }

    void write(String file, String text) {
        Checkout.write(root.resolve(file), text);
    }
}
