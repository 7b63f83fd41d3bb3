/* Before llama.h: what declares and calls these functions declares and calls those of native/nothing/decode.cpp. */
#define llama_decode nothing_decode
#define llama_free   nothing_free
