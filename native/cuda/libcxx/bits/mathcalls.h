// Without what CUDA 13.0 has functions of the same name for, that may throw.
#pragma push_macro("__GLIBC_USE_IEC_60559_FUNCS_EXT_C23")
#undef __GLIBC_USE_IEC_60559_FUNCS_EXT_C23
#define __GLIBC_USE_IEC_60559_FUNCS_EXT_C23 0
#include_next <bits/mathcalls.h>
#pragma pop_macro("__GLIBC_USE_IEC_60559_FUNCS_EXT_C23")
