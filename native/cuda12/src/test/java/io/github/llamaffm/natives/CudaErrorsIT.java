package io.github.llamaffm.natives;

import java.util.List;

/** The CUDA module. */
class CudaErrorsIT extends ModuleErrors {

    CudaErrorsIT() {
        super("cuda", List.of("libcuda.so.1", "libcudart.so.12", "libcublas.so.12"), "CUDA error", "thrown on purpose");
    }
}
