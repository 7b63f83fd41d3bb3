/*
 * What jextract reads: the C headers that llama-ffm binds. includes.txt beside it is the allow-list.
 */
#include "ggml.h"
#include "ggml-backend.h"
#include "ggml-cpu.h"
#include "gguf.h"
#include "llama.h"
#include "mtmd.h"
#include "mtmd-helper.h"
#include "llamaffm.h"
