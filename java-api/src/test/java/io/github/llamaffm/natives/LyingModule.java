package io.github.llamaffm.natives;

import io.github.llamaffm.bindings.LoadReport;
import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A module that says of itself that it fits this machine better than any other, and that kills whoever uses it: how, says its file
 * name. Up to there it is the real CPU module of this machine.
 */
final class LyingModule {

    private static final String SOURCE = """
            #define _GNU_SOURCE
            #include "ggml-backend-impl.h"
            #include <dlfcn.h>
            #include <stdlib.h>
            #include <string.h>
            #include <unistd.h>
            static int is(const char * word) {
                Dl_info info;
                return dladdr((void *) is, &info) && strstr(info.dli_fname, word);
            }
            static void die(void) {
            #if defined(__aarch64__)
                __asm__(".inst 0");
            #else
                __asm__("ud2");
            #endif
            }
            static enum ggml_status (*real_compute)(ggml_backend_t, struct ggml_cgraph *);
            static ggml_backend_t (*real_start)(ggml_backend_dev_t, const char *);
            static enum ggml_status compute(ggml_backend_t backend, struct ggml_cgraph * graph) {
                if (is("illegal")) {
                    die();
                }
                enum ggml_status status = real_compute(backend, graph);
                struct ggml_tensor * product = ggml_graph_node(graph, -1);
                memset(product->data, 0, ggml_nbytes(product) / 2);
                return status;
            }
            static ggml_backend_t start(ggml_backend_dev_t device, const char * params) {
                ggml_backend_t backend = real_start(device, params);
                real_compute = backend->iface.graph_compute;
                backend->iface.graph_compute = compute;
                return backend;
            }
            int ggml_backend_score(void) {
                if (is("unscored")) {
                    abort();
                }
                return 1 << 20;
            }
            ggml_backend_reg_t ggml_backend_init(void) {
                if (is("hanging")) {
                    for (;;) pause();
                }
                if (is("unopened")) {
                    *(volatile int *) 16 = 0;
                }
                ggml_backend_reg_t (*real)(void) = NULL;
                *(void **) &real = dlsym(dlopen(REAL, RTLD_NOW | RTLD_LOCAL), "ggml_backend_init");
                ggml_backend_reg_t registry = real();
                ggml_backend_dev_t device = registry->iface.get_device(registry, 0);
                real_start = device->iface.init_backend;
                device->iface.init_backend = start;
                return registry;
            }
            """;

    private LyingModule() {}

    /** @param file to be copied to {@code libggml-cpu-HOW.so}: illegal, wrong, unscored, unopened, hanging */
    static Path compile(Path file) throws IOException, InterruptedException {
        LoadReport report = NativeLibrary.report();
        Path ggml = TestFiles.sources().resolve("ggml");
        return CudaFiles.library(
                file, SOURCE, "-I" + ggml.resolve("include"), "-I" + ggml.resolve("src"),
                "-DREAL=\"" + report.cpuModule().orElseThrow() + "\"", report.core().toString(), "-ldl",
                "-Wl,--allow-shlib-undefined");
    }
}
