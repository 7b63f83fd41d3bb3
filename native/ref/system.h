/* What ref needs of the system: the folder of the core library, and libraries. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)

#    define WIN32_LEAN_AND_MEAN
#    include <windows.h>

#    include <fcntl.h>
#    include <io.h>

#    define MODULE_PREFIX "ggml-"
#    define MODULE_SUFFIX ".dll"

/* Text and numbers go through unchanged. */
static void binary_streams(void) {
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
}

/* Of the library that the address lies in; NULL: not known. */
static char * folder_of(void * address) {
    HMODULE module = NULL;
    char    path[4096];
    GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, address, &module);
    if (!GetModuleFileNameA(module, path, sizeof path)) {
        return NULL;
    }
    for (char * c = path; *c; c++) {
        *c = *c == '\\' ? '/' : *c;
    }
    *strrchr(path, '/') = '\0';
    return _strdup(path);
}

static void * open_library(const char * path) { return LoadLibraryA(path); }
static void * find_function(void * library, const char * name) { return (void *) GetProcAddress(library, name); }
static void close_library(void * library) { FreeLibrary(library); }

static const char * library_error(void) {
    static char text[64];
    snprintf(text, sizeof text, "error %lu of the system", GetLastError());
    return text;
}

#else

#    include <dlfcn.h>

#    define MODULE_PREFIX "libggml-"
#    define MODULE_SUFFIX ".so"

static void binary_streams(void) {}

static char * folder_of(void * address) {
    Dl_info info;
    if (!dladdr(address, &info)) {
        return NULL;
    }
    char * folder = strdup(info.dli_fname);
    *strrchr(folder, '/') = '\0';
    return folder;
}

static void * open_library(const char * path) { return dlopen(path, RTLD_NOW | RTLD_LOCAL); }
static void * find_function(void * library, const char * name) { return dlsym(library, name); }
static void close_library(void * library) { dlclose(library); }
static const char * library_error(void) { return dlerror(); }

#endif
