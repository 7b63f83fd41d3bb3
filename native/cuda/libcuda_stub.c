/*
 * The names of NVIDIA's driver library that ggml-cuda links, for a linker without a driver or a toolkit that has its stub.
 * Only the name libcuda.so.1 ends up in the module; nothing here is shipped or run.
 */
#define STUB(name) int name(void) { return 100; /* CUDA_ERROR_NO_DEVICE */ }

STUB(cuDeviceGet)
STUB(cuDeviceGetAttribute)
STUB(cuGetErrorString)
STUB(cuMemAddressFree)
STUB(cuMemAddressReserve)
STUB(cuMemCreate)
STUB(cuMemGetAllocationGranularity)
STUB(cuMemMap)
STUB(cuMemRelease)
STUB(cuMemSetAccess)
STUB(cuMemUnmap)
