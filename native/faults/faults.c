/*
 * A library to preload (LD_PRELOAD) on Linux with glibc: it lets chosen calls of our libraries fail, so that tests see what
 * becomes of a failed allocation, thread or read at every place where one can happen (docs/safety/faults.md). Never shipped.
 *
 * Whose call it is says the first frame that lies in neither the C nor the C++ library: std::string allocates inside
 * libstdc++, and opening a file does inside libc. Calls of the JVM never fail, but for threads and reads where a test asks
 * for that too.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

/* What can fail. */
enum {
    ALLOCATION  = 1,  /* malloc and its kin */
    MAPPING     = 2,  /* mmap */
    THREAD      = 4,  /* pthread_create in our libraries */
    JAVA_THREAD = 8,  /* pthread_create anywhere else */
    FILE_ERROR  = 16, /* what opens, positions, maps and reads the named file, by whomever: EIO */
    FILE_END    = 32, /* reads of it: fewer bytes than asked for */
    FILE_SIGNAL = 64, /* reads of it: EINTR */
};

extern void * __libc_malloc(size_t);
extern void * __libc_calloc(size_t, size_t);
extern void * __libc_realloc(void *, size_t);
extern void * __libc_memalign(size_t, size_t);
extern void   __libc_free(void *);

typedef enum { OTHER, OURS, NEUTRAL } ownership;

static struct range {
    uintptr_t from, to;
    ownership owner;
} ranges[256];
static int n_ranges;

static atomic_int     armed;
static atomic_llong   calls, failed;
static long long      first_failing, last_failing;
static char           file_name[256];
static atomic_int     places = -1; /* a file descriptor: where each failure happened */
static __thread int   busy;        /* the unwinder may allocate */
static uintptr_t      linker_from, linker_size; /* ld.so */
static uintptr_t      at_thread_exit;           /* where libc registers destructors */

/* ---- blocks of our libraries that are not freed ---- */

#define SLOTS (1u << 21)
static struct block {
    void * address;
    size_t size;
} * blocks;
static atomic_flag  blocks_lock = ATOMIC_FLAG_INIT;
static long long    live, live_bytes;

static size_t slot_of(const void * address) {
    return (((uintptr_t) address >> 4) * 0x9E3779B97F4A7C15ull) >> 43 & (SLOTS - 1);
}

static void lock_blocks(void) {
    while (atomic_flag_test_and_set_explicit(&blocks_lock, memory_order_acquire)) {
    }
}

static void unlock_blocks(void) {
    atomic_flag_clear_explicit(&blocks_lock, memory_order_release);
}

static void remember(void * address, size_t size) {
    if (!blocks || !address) {
        return;
    }
    lock_blocks();
    if (live < SLOTS / 2) {
        size_t at = slot_of(address);
        while (blocks[at].address) {
            at = (at + 1) & (SLOTS - 1);
        }
        blocks[at] = (struct block) { address, size };
        live++;
        live_bytes += (long long) size;
    }
    unlock_blocks();
}

static void forget(void * address) {
    if (!blocks || !address) {
        return;
    }
    lock_blocks();
    size_t at = slot_of(address);
    while (blocks[at].address && blocks[at].address != address) {
        at = (at + 1) & (SLOTS - 1);
    }
    if (blocks[at].address) {
        live--;
        live_bytes -= (long long) blocks[at].size;
        /* The following blocks of the same chain move up. */
        for (size_t next = (at + 1) & (SLOTS - 1); blocks[next].address; next = (next + 1) & (SLOTS - 1)) {
            const size_t home = slot_of(blocks[next].address);
            if (((next - home) & (SLOTS - 1)) >= ((next - at) & (SLOTS - 1))) {
                blocks[at] = blocks[next];
                at         = next;
            }
        }
        blocks[at].address = NULL;
    }
    unlock_blocks();
}

/* ---- whose call it is ---- */

static ownership owner_of(uintptr_t address) {
    for (int i = 0; i < n_ranges; i++) {
        if (address >= ranges[i].from && address < ranges[i].to) {
            return ranges[i].owner;
        }
    }
    return OTHER;
}

static int add_library(struct dl_phdr_info * info, size_t size, void * data) {
    static const char * const neutral[] = { "libstdc++.", "libc++", "libc.", "libm.", "libgcc_s.", "ld-linux", "libpthread.", "libdl." };
    (void) size;
    (void) data;
    const char * slash = strrchr(info->dlpi_name, '/');
    const char * name  = slash ? slash + 1 : info->dlpi_name;
    ownership    owner = OTHER;
    if (strncmp(name, "libllamaffm-", 12) == 0 || strncmp(name, "libggml-", 8) == 0) {
        owner = OURS;
    }
    for (size_t i = 0; i < sizeof neutral / sizeof *neutral; i++) {
        if (strncmp(name, neutral[i], strlen(neutral[i])) == 0) {
            owner = NEUTRAL;
        }
    }
    if (strncmp(name, "ld-linux", 8) == 0) {
        linker_from = info->dlpi_addr;
        linker_size = 1 << 20;
    }
    const uintptr_t here = (uintptr_t) add_library;
    for (int i = 0; i < info->dlpi_phnum && n_ranges < 256; i++) {
        if (info->dlpi_phdr[i].p_type == PT_LOAD) {
            const uintptr_t from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            const uintptr_t to   = from + info->dlpi_phdr[i].p_memsz;
            if (owner != OTHER || (here >= from && here < to)) {
                ranges[n_ranges++] = (struct range) { from, to, owner == OTHER ? NEUTRAL : owner };
            }
        }
    }
    return 0;
}

static _Unwind_Reason_Code visit(struct _Unwind_Context * context, void * result) {
    const ownership owner = owner_of(_Unwind_GetIP(context) - 1);
    if (owner == NEUTRAL) {
        return _URC_NO_REASON;
    }
    *(ownership *) result = owner;
    return _URC_END_OF_STACK;
}

static bool is_ours(void * caller) {
    ownership owner = owner_of((uintptr_t) caller - 1);
    if (owner == NEUTRAL && !busy) {
        owner = OTHER;
        busy++;
        _Unwind_Backtrace(visit, &owner);
        busy--;
    }
    return owner == OURS;
}

/* ---- which call fails ---- */

static _Unwind_Reason_Code write_frame(struct _Unwind_Context * context, void * depth) {
    Dl_info         info;
    const uintptr_t ip = _Unwind_GetIP(context) - 1;
    char            line[512];
    if (++*(int *) depth > 40 || !dladdr((void *) ip, &info) || !info.dli_fname) {
        return _URC_END_OF_STACK;
    }
    const char * slash = strrchr(info.dli_fname, '/');
    const int    n     = snprintf(line, sizeof line, " %s+0x%lx", slash ? slash + 1 : info.dli_fname, (unsigned long) (ip - (uintptr_t) info.dli_fbase));
    (void) !write(places, line, (size_t) n);
    return _URC_NO_REASON;
}

static bool fails(void) {
    const long long call = atomic_fetch_add(&calls, 1) + 1;
    if (call < first_failing || call > last_failing) {
        return false;
    }
    atomic_fetch_add(&failed, 1);
    if (places >= 0) {
        char line[32];
        int  depth = 0;
        busy++;
        (void) !write(places, line, (size_t) snprintf(line, sizeof line, "%lld", call));
        _Unwind_Backtrace(write_frame, &depth);
        (void) !write(places, "\n", 1);
        busy--;
    }
    return true;
}

/*
 * For what is local to a thread glibc allocates when it is first used, and ends the process where it cannot. The shim asks for
 * much more before that, which fails here, and then the system has the little that is asked for next.
 */
static bool is_thread_local(void * caller) {
    return (uintptr_t) caller - 1 - linker_from < linker_size || (uintptr_t) caller - at_thread_exit < 1024;
}

static bool allocation_fails(void * caller, bool * ours) {
    *ours = (blocks || (armed & ALLOCATION)) && !busy && is_ours(caller);
    return *ours && (armed & ALLOCATION) && !is_thread_local(caller) && fails();
}

#define CALLER __builtin_return_address(0)

void * malloc(size_t size) {
    bool ours;
    if (allocation_fails(CALLER, &ours)) {
        errno = ENOMEM;
        return NULL;
    }
    void * result = __libc_malloc(size);
    if (ours) {
        remember(result, size);
    }
    return result;
}

void * calloc(size_t count, size_t size) {
    bool ours;
    if (allocation_fails(CALLER, &ours)) {
        errno = ENOMEM;
        return NULL;
    }
    void * result = __libc_calloc(count, size);
    if (ours) {
        remember(result, count * size);
    }
    return result;
}

void * realloc(void * old, size_t size) {
    bool ours;
    if (allocation_fails(CALLER, &ours)) {
        errno = ENOMEM;
        return NULL;
    }
    /* Before, because another thread may get the old address at once. */
    forget(old);
    void * result = __libc_realloc(old, size);
    if (ours) {
        remember(result, size);
    }
    return result;
}

void free(void * address) {
    forget(address);
    __libc_free(address);
}

static void * aligned(void * caller, size_t alignment, size_t size) {
    bool ours;
    if (allocation_fails(caller, &ours)) {
        errno = ENOMEM;
        return NULL;
    }
    void * result = __libc_memalign(alignment, size);
    if (ours) {
        remember(result, size);
    }
    return result;
}

void * memalign(size_t alignment, size_t size) {
    return aligned(CALLER, alignment, size);
}

void * aligned_alloc(size_t alignment, size_t size) {
    return aligned(CALLER, alignment, size);
}

int posix_memalign(void ** out, size_t alignment, size_t size) {
    const int before = errno;
    void *    result = aligned(CALLER, alignment, size);
    errno            = before;
    if (!result) {
        return ENOMEM;
    }
    *out = result;
    return 0;
}

/* ---- files, mappings and threads ---- */

#define NEXT(name) ((__typeof__(&name)) next(#name))

static void * next(const char * name) {
    busy++;
    void * result = dlsym(RTLD_NEXT, name);
    busy--;
    return result;
}

static bool is_named(const char * path) {
    const size_t length = strlen(path), wanted = strlen(file_name);
    return wanted > 0 && length >= wanted && strcmp(path + length - wanted, file_name) == 0;
}

static bool is_file(int fd) {
    char          link[64], path[4096];
    const int     before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    errno                = before;
    if (length < 0) {
        return false;
    }
    path[length] = 0;
    return is_named(path);
}

#define FILE_KINDS (FILE_ERROR | FILE_END | FILE_SIGNAL)

static bool open_fails(const char * path) {
    if ((armed & FILE_ERROR) && is_named(path) && fails()) {
        errno = EIO;
        return true;
    }
    return false;
}

static bool use_fails(int fd) {
    if ((armed & FILE_ERROR) && is_file(fd) && fails()) {
        errno = EIO;
        return true;
    }
    return false;
}

/* How many bytes a read returns instead of size; -1: it fails. */
static ssize_t read_size(int fd, size_t size) {
    if (size == 0 || !(armed & FILE_KINDS) || !is_file(fd) || !fails()) {
        return (ssize_t) size;
    }
    if (armed & FILE_END) {
        return (ssize_t) (size / 2);
    }
    errno = (armed & FILE_SIGNAL) ? EINTR : EIO;
    return -1;
}

FILE * fopen(const char * path, const char * mode) {
    return open_fails(path) ? NULL : NEXT(fopen)(path, mode);
}

FILE * fopen64(const char * path, const char * mode) {
    return open_fails(path) ? NULL : NEXT(fopen64)(path, mode);
}

static int opened(const char * path, int flags, mode_t mode) {
    return open_fails(path) ? -1 : (int) syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char * path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return opened(path, flags, mode);
}

int open64(const char * path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return opened(path, flags, mode);
}

size_t fread(void * out, size_t size, size_t count, FILE * file) {
    const ssize_t bytes = read_size(fileno(file), size * count);
    if (bytes == (ssize_t) (size * count)) {
        return NEXT(fread)(out, size, count, file);
    }
    return bytes <= 0 ? 0 : NEXT(fread)(out, 1, (size_t) bytes, file) / size;
}

ssize_t read(int fd, void * out, size_t size) {
    const ssize_t bytes = read_size(fd, size);
    return bytes < 0 ? -1 : NEXT(read)(fd, out, (size_t) bytes);
}

ssize_t pread(int fd, void * out, size_t size, off_t offset) {
    const ssize_t bytes = read_size(fd, size);
    return bytes < 0 ? -1 : NEXT(pread)(fd, out, (size_t) bytes, offset);
}

ssize_t pread64(int fd, void * out, size_t size, off64_t offset) {
    const ssize_t bytes = read_size(fd, size);
    return bytes < 0 ? -1 : NEXT(pread64)(fd, out, (size_t) bytes, offset);
}

int fseek(FILE * file, long offset, int whence) {
    return use_fails(fileno(file)) ? -1 : NEXT(fseek)(file, offset, whence);
}

int fseeko(FILE * file, off_t offset, int whence) {
    return use_fails(fileno(file)) ? -1 : NEXT(fseeko)(file, offset, whence);
}

long ftell(FILE * file) {
    return use_fails(fileno(file)) ? -1 : NEXT(ftell)(file);
}

off_t lseek(int fd, off_t offset, int whence) {
    return use_fails(fd) ? -1 : NEXT(lseek)(fd, offset, whence);
}

static void * mapped(void * caller, void * address, size_t size, int protection, int flags, int fd, off64_t offset) {
    if (armed && fd >= 0 && use_fails(fd)) {
        return MAP_FAILED;
    }
    if ((armed & MAPPING) && !busy && is_ours(caller) && fails()) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return (void *) syscall(SYS_mmap, address, size, protection, flags, fd, offset);
}

void * mmap(void * address, size_t size, int protection, int flags, int fd, off_t offset) {
    return mapped(CALLER, address, size, protection, flags, fd, offset);
}

void * mmap64(void * address, size_t size, int protection, int flags, int fd, off64_t offset) {
    return mapped(CALLER, address, size, protection, flags, fd, offset);
}

int pthread_create(pthread_t * thread, const pthread_attr_t * attributes, void * (*start)(void *), void * argument) {
    if (armed & (THREAD | JAVA_THREAD)) {
        const bool ours = is_ours(CALLER);
        if ((armed & (ours ? THREAD : JAVA_THREAD)) && fails()) {
            return EAGAIN;
        }
    }
    return NEXT(pthread_create)(thread, attributes, start, argument);
}

/* ---- what tests call ---- */

static void find_libraries(void) {
    n_ranges       = 0;
    at_thread_exit = (uintptr_t) dlsym(RTLD_DEFAULT, "__cxa_thread_atexit_impl");
    dl_iterate_phdr(add_library, NULL);
}

/* From now on the calls of these kinds with the numbers first to last, counted from 1, fail. */
void faults_arm(int32_t kinds, int64_t first, int64_t last) {
    armed    = 0;
    find_libraries();
    calls         = 0;
    failed        = 0;
    first_failing = first;
    last_failing  = last;
    armed         = kinds;
}

/* Nothing fails any more. Returns how many calls of these kinds there were. */
int64_t faults_disarm(void) {
    armed = 0;
    return calls;
}

int64_t faults_failed(void) { return failed; }

/* From now on blocks that our libraries allocate and do not free are counted. */
void faults_count_blocks(void) {
    find_libraries();
    blocks = (void *) syscall(SYS_mmap, NULL, SLOTS * sizeof *blocks, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0L);
}

int64_t faults_blocks(void) { return live; }
int64_t faults_bytes(void) { return live_bytes; }

/* The end of the path of the file whose reads may fail. */
void faults_file(const char * name) {
    snprintf(file_name, sizeof file_name, "%s", name);
}

/* Where to append a line for each failure: its number and the frames, as library+offset. */
void faults_places(const char * path) {
    places = (int) syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}
