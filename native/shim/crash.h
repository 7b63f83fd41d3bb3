// Last words: what is left to do about an abort or an exception that cannot be caught, because it happened on a thread that
// no guarded call is on (a worker of a thread pool, say), or in a function that must not throw.
#pragma once

#include <exception>

struct llama_model;

namespace lf {

// Folder for the crash file, made where it does not exist; NULL or empty: stderr only. The first call of a process counts.
void set_crash_dir(const char * dir);

// Added to the last words: which device a backend module brought, which models are loaded.
void add_crash_device(const char * name);
void add_crash_model(const llama_model * model);
void remove_crash_model(const llama_model * model);

// What std::terminate calls from now on: last words where one of our libraries is on the stack, then the handler that was there before.
void install_terminate_handler(std::terminate_handler before);

// Writes what is known to stderr and to the crash folder, then aborts.
[[noreturn]] void last_words(const char * message);

} // namespace lf
