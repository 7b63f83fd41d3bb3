/*
 * Linked into upstream's test-llama-archs, which expects backends to be part of the program: those of our builds are
 * modules, which nobody but this loads before its main().
 */
#include "ggml-backend.h"

__attribute__((constructor)) static void load_backends(void) {
    ggml_backend_load_all();
}
