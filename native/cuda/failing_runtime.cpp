// A CUDA run-time library with devices that fail when told to: what shows, without a GPU, what becomes of errors in the CUDA
// module (native/cuda/failing-runtime). They share one memory, so that models are loaded to them, and compute nothing: kernels leave
// the zeros that the memory begins with.
#include <cublas_v2.h>
#include <cuda.h>
#include <cuda_runtime_api.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// IS_LOST: as after an error that does not pass, such as an illegal address. From then on nothing works.
// FAILS_ONCE: who asks for memory next gets the error of an earlier call.
enum { WORKS, RETURNS_AN_ERROR, THROWS, IS_LOST, FAILS_ONCE };

int                      mode   = WORKS;
size_t                   memory = size_t{ 1 } << 30;
size_t                   given  = memory;
size_t                   used   = 0;
std::mutex               mutex;
std::map<void *, size_t> blocks;

thread_local int current = 0;

// The compute capability of each device, such as "61,90": one of 9.0 where the environment names none.
const std::vector<int> & capabilities() {
    static const std::vector<int> all = [] {
        std::vector<int> numbers;
        const char *     list = getenv("FAILING_RUNTIME_CAPABILITIES");
        std::istringstream text(list ? list : "90");
        for (std::string number; std::getline(text, number, ',');) {
            numbers.push_back(atoi(number.c_str()));
        }
        return numbers;
    }();
    return all;
}

cudaError_t status() { return mode == IS_LOST ? cudaErrorIllegalAddress : cudaSuccess; }

// CUDA 13 makes no code for what is older.
cudaError_t launched() { return capabilities().at(current) < 75 ? cudaErrorNoKernelImageForDevice : status(); }

template <typename T>
cudaError_t made(T * handle) {
    *handle = reinterpret_cast<T>(&mode);
    return status();
}

} // namespace

extern "C" {

void failing_runtime(int new_mode) { mode = new_mode; }

// Bytes that the device tells of, that it gives, and that are in use.
void   failing_runtime_memory(size_t bytes) { memory = bytes; }
void   failing_runtime_give(size_t bytes) { given = bytes; }
size_t failing_runtime_used(void) { return used; }

// What all functions return that are not here.
int failing_runtime_status(void) { return status(); }

cudaError_t cudaGetDeviceCount(int * count) {
    *count = static_cast<int>(capabilities().size());
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp * properties, int device) {
    if (mode == THROWS) {
        throw std::runtime_error("thrown on purpose");
    }
    *properties = {};
    std::snprintf(properties->name, sizeof properties->name, "Failing device");
    properties->major                    = capabilities().at(device) / 10;
    properties->minor                    = capabilities().at(device) % 10;
    properties->totalGlobalMem           = memory;
    properties->warpSize                 = 32;
    properties->multiProcessorCount      = 8;
    properties->sharedMemPerBlock        = 48 << 10;
    properties->sharedMemPerBlockOptin   = 227 << 10;
    return mode == RETURNS_AN_ERROR ? cudaErrorMemoryAllocation : status();
}

cudaError_t cudaGetDevice(int * device) {
    *device = current;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
    current = device;
    return status();
}

cudaError_t cudaLaunchKernel(const void *, dim3, dim3, void **, size_t, cudaStream_t) { return launched(); }
cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t *, const void *, void **) { return launched(); }

cudaError_t cudaMemGetInfo(size_t * free, size_t * total) {
    const std::lock_guard<std::mutex> lock(mutex);
    *free  = memory > used ? memory - used : 0;
    *total = memory;
    if (mode == FAILS_ONCE) {
        mode = WORKS;
        return cudaErrorLaunchFailure;
    }
    return status();
}

cudaError_t cudaMalloc(void ** out, size_t size) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (status() != cudaSuccess) {
        return status();
    }
    *out = used + size <= given ? std::aligned_alloc(256, (size + 255) / 256 * 256) : nullptr;
    if (!*out) {
        return cudaErrorMemoryAllocation;
    }
    std::memset(*out, 0, size);
    used += blocks[*out] = size;
    return cudaSuccess;
}

cudaError_t cudaFree(void * block) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (status() == cudaSuccess && block) {
        used -= blocks.at(block);
        blocks.erase(block);
        std::free(block);
    }
    return status();
}

// Memory of the host that is pinned: the module does without.
cudaError_t cudaMallocHost(void **, size_t) { return cudaErrorNotSupported; }
cudaError_t cudaHostAlloc(void **, size_t, unsigned) { return cudaErrorNotSupported; }

cudaError_t cudaMemcpyAsync(void * to, const void * from, size_t size, cudaMemcpyKind, cudaStream_t) {
    if (status() == cudaSuccess) {
        std::memmove(to, from, size);
    }
    return status();
}

cudaError_t cudaMemcpy2DAsync(void * to, size_t to_pitch, const void * from, size_t from_pitch, size_t width, size_t height,
                              cudaMemcpyKind, cudaStream_t) {
    for (size_t row = 0; row < height && status() == cudaSuccess; row++) {
        std::memmove(static_cast<char *>(to) + row * to_pitch, static_cast<const char *>(from) + row * from_pitch, width);
    }
    return status();
}

cudaError_t cudaMemsetAsync(void * block, int value, size_t size, cudaStream_t) {
    if (status() == cudaSuccess) {
        std::memset(block, value, size);
    }
    return status();
}

cudaError_t cudaMemset(void * block, int value, size_t size) { return cudaMemsetAsync(block, value, size, nullptr); }

cudaError_t cudaStreamCreateWithFlags(cudaStream_t * out, unsigned) { return made(out); }
cudaError_t cudaEventCreateWithFlags(cudaEvent_t * out, unsigned) { return made(out); }
cudaError_t cudaStreamEndCapture(cudaStream_t, cudaGraph_t * out) { return made(out); }
cudaError_t cudaGraphInstantiate(cudaGraphExec_t * out, cudaGraph_t, unsigned long long) { return made(out); }
cublasStatus_t cublasCreate_v2(cublasHandle_t * out) {
    made(out);
    return CUBLAS_STATUS_SUCCESS;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t, cudaStreamCaptureStatus * out) {
    *out = cudaStreamCaptureStatusNone;
    return status();
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes * out, const void *) {
    *out = {};
    out->maxThreadsPerBlock = 1024;
    out->binaryVersion = out->ptxVersion = 90;
    return status();
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int * out, const void *, int, size_t, unsigned) {
    *out = 1;
    return status();
}

cudaError_t cudaDeviceGetPCIBusId(char * id, int size, int device) {
    std::snprintf(id, size, "0000:%02x:00.0", device + 1);
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int * value, cudaDeviceAttr, int) {
    *value = 0;
    return cudaSuccess;
}

const char * cudaGetErrorString(cudaError_t) { return "failed on purpose"; }

cudaError_t cudaRuntimeGetVersion(int * version) {
    *version = CUDART_VERSION;
    return cudaSuccess;
}

CUresult cuDriverGetVersion(int * version) {
    *version = CUDA_VERSION;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int * count) {
    *count = static_cast<int>(capabilities().size());
    return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice * device, int number) {
    *device = number;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int * value, CUdevice_attribute attribute, CUdevice device) {
    const int capability = capabilities().at(device);
    *value = attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? capability / 10
           : attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR ? capability % 10
                                                                       : 0;
    return CUDA_SUCCESS;
}

CUresult cuInit(unsigned) { return CUDA_SUCCESS; }
}
