// Last words: what is left to do about an abort that cannot be caught, because it happened on a thread that no guarded
// call is on (a worker of a thread pool, say), where a throw would end the process without a word.
#pragma once

namespace lf {

// Folder for the crash file; NULL: stderr only.
void set_crash_dir(const char * dir);

// Added to the last words: which device a backend module brought.
void add_crash_device(const char * name);

// Writes message, operation, devices and ABI id to stderr and to the crash folder, then aborts.
[[noreturn]] void last_words(const char * message, const char * operation);

} // namespace lf
