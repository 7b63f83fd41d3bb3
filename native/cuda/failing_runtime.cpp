// A CUDA run-time library with one device that fails when told to: what shows, without a GPU, that an error in the module
// comes back as one (native/cuda/failing-runtime). Only the functions up to the list of devices; the others do nothing.
#include <cuda.h>
#include <cuda_runtime_api.h>

#include <cstdio>
#include <stdexcept>

namespace {

enum { WORKS, RETURNS_AN_ERROR, THROWS };

int mode = WORKS;

} // namespace

extern "C" {

void failing_runtime(int new_mode) { mode = new_mode; }

cudaError_t cudaGetDeviceCount(int * count) {
    *count = 1;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp * properties, int) {
    if (mode == THROWS) {
        throw std::runtime_error("thrown on purpose");
    }
    *properties = {};
    std::snprintf(properties->name, sizeof properties->name, "Failing device");
    properties->major          = 9;
    properties->totalGlobalMem = 1 << 30;
    properties->warpSize       = 32;
    return mode == RETURNS_AN_ERROR ? cudaErrorMemoryAllocation : cudaSuccess;
}

cudaError_t cudaGetDevice(int * device) {
    *device = 0;
    return cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t * free, size_t * total) {
    *free = *total = 1 << 30;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetPCIBusId(char * id, int size, int) {
    std::snprintf(id, size, "0000:01:00.0");
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int * value, cudaDeviceAttr, int) {
    *value = 0;
    return cudaSuccess;
}

const char * cudaGetErrorString(cudaError_t) { return "failed on purpose"; }

CUresult cuDeviceGetAttribute(int * value, CUdevice_attribute, CUdevice) {
    *value = 0;
    return CUDA_SUCCESS;
}
}
