// For clang's C++ library, CUDA 13.0 declares isnan and its like in the same way on all systems, but defines them so on one only.
#include <ctype.h>
#define __CUDA_INCLUDE_COMPILER_INTERNAL_HEADERS__
#include "crt/host_config.h"
#include "builtin_types.h"
#define __HORIZON__
#include "crt/math_functions.h"
#undef __HORIZON__
#undef __CUDA_INCLUDE_COMPILER_INTERNAL_HEADERS__
#include_next <cuda_runtime.h>
