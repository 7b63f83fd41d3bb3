// clang's vectors, which nvcc's parser does not know, are left out where there is AltiVec.
#define __ALTIVEC__
#include_next <__algorithm/simd_utils.h>
#undef __ALTIVEC__
