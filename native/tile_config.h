/*
 * Included by force before amx/mmq.cpp where GCC compiles it (native/core.cmake): the configuration of tiles, whole.
 *
 * _tile_loadconfig of GCC 12 tells the compiler that the instruction reads 8 bytes of it. It reads 64. The rows and columns of
 * all tiles, which lie behind the eighth, are then never written to memory, and the first use of a tile ends the process with
 * SIGILL: on a Xeon since Sapphire Rapids, with any quantised model.
 */
#include <immintrin.h>

#if defined(__AMX_TILE__)
static inline void llamaffm_tile_loadconfig(const void * config) {
    __asm__ volatile("ldtilecfg\t%0" : : "m"(*(const unsigned char(*)[64]) config));
}

#    define _tile_loadconfig(config) llamaffm_tile_loadconfig(config)
#endif
