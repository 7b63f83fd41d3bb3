#include "crash.h"

#include "llamaffm.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#if defined(_WIN32)
#    include <process.h>
#    define getpid _getpid
#else
#    include <unistd.h>
#endif

namespace {

// Plain arrays: when they are read, the heap may be what is broken.
char crash_dir[1024];
char devices[512];

} // namespace

namespace lf {

void set_crash_dir(const char * dir) {
    snprintf(crash_dir, sizeof crash_dir, "%s", dir ? dir : "");
}

void add_crash_device(const char * name) {
    const size_t used = strlen(devices);
    snprintf(devices + used, sizeof devices - used, "%s%s", used ? ", " : "", name);
}

void last_words(const char * message, const char * operation) {
    static char text[8192];
    snprintf(text, sizeof text,
             "llama-ffm: native code gave up on a thread where this cannot be turned into an exception.\n"
             "  message:   %s\n"
             "  operation: %s\n"
             "  devices:   %s\n"
             "  library:   llamaffm %s, llama.cpp %s, %s\n",
             message, operation ? operation : "(none on this thread)", devices[0] ? devices : "(none)", lf_abi_id(),
             llama_version(), lf_build_info());
    fputs(text, stderr);
    if (crash_dir[0]) {
        char path[1100];
        snprintf(path, sizeof path, "%s/llamaffm-crash-%d.txt", crash_dir, (int) getpid());
        if (FILE * file = fopen(path, "w")) {
            fputs(text, file);
            fclose(file);
        }
    }
    abort();
}

} // namespace lf
