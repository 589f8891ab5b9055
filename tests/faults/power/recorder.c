/* Records, in their order, what a program writes and syncs below POWER_FOLDER, and what it says on standard output.

   It is loaded with LD_PRELOAD. If POWER_FULL is "N:M", the disk is full for the writes N to N + M - 1. Each record in POWER_LOG is a head of 21 bytes (kind, length of the name, offset, length
   of the content), the name and the content, as tests/faults/power/cuts.py reads them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int into = -1;
static const char *folder;
static long written, full_from, full_for;
static pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("POWER_LOG");
    folder = getenv("POWER_FOLDER");
    const char *full = getenv("POWER_FULL");
    if (full)
        sscanf(full, "%ld:%ld", &full_from, &full_for);
    if (path && folder)
        into = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
}

/* The name of a file below the folder, "" for standard output; NULL for all others. */
static const char *name_of(int file, char *path, size_t most) {
    char link[64];
    if (file == 1)
        return "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, most - 1);
    if (length <= 0)
        return NULL;
    path[length] = 0;
    size_t prefix = strlen(folder);
    return strncmp(path, folder, prefix) || path[prefix] != '/' ? NULL : path + prefix + 1;
}

static void record(char kind, const char *name, uint64_t offset, const void *content, uint64_t length) {
    char head[21];
    uint32_t letters = strlen(name);
    head[0] = kind;
    memcpy(head + 1, &letters, 4);
    memcpy(head + 5, &offset, 8);
    memcpy(head + 13, &length, 8);
    struct iovec parts[] = {{head, sizeof head}, {(void *)name, letters}, {(void *)content, length}};
    pthread_mutex_lock(&alone);
    if (syscall(SYS_writev, into, parts, 3) != (long)(sizeof head + letters + length))
        abort();
    pthread_mutex_unlock(&alone);
}

static void noted(char kind, int file, uint64_t offset, const void *content, uint64_t length) {
    char path[4096];
    const char *name = into < 0 ? NULL : name_of(file, path, sizeof path);
    if (name)
        record(kind, name, offset, content, length);
}

/* Whether a write below the folder finds the disk full. SQLite's shared memory takes no room that could be missing. */
static int full(int file) {
    char path[4096];
    const char *name = full_for ? name_of(file, path, sizeof path) : NULL;
    if (!name || !*name || (strlen(name) > 4 && !strcmp(name + strlen(name) - 4, "-shm")))
        return 0;
    pthread_mutex_lock(&alone);
    long number = ++written;
    pthread_mutex_unlock(&alone);
    return number >= full_from && number < full_from + full_for;
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define WRITES_AT(name, offset_type)                                                      \
    ssize_t name(int file, const void *content, size_t length, offset_type offset) {      \
        REAL(name);                                                                       \
        if (full(file)) {                                                                 \
            errno = ENOSPC;                                                               \
            return -1;                                                                    \
        }                                                                                 \
        ssize_t done = real(file, content, length, offset);                               \
        if (done > 0)                                                                     \
            noted('w', file, offset, content, done);                                      \
        return done;                                                                      \
    }
WRITES_AT(pwrite, off_t)
WRITES_AT(pwrite64, off64_t)

ssize_t write(int file, const void *content, size_t length) {
    REAL(write);
    off_t offset = file == 1 ? 0 : lseek(file, 0, SEEK_CUR);
    ssize_t done = real(file, content, length);
    if (done > 0)
        noted('w', file, offset < 0 ? 0 : offset, content, done);
    return done;
}

#define SYNCS(name)                       \
    int name(int file) {                  \
        REAL(name);                       \
        int failed = real(file);          \
        if (!failed)                      \
            noted('s', file, 0, "", 0);   \
        return failed;                    \
    }
SYNCS(fsync)
SYNCS(fdatasync)

#define CUTS(name, offset_type)                 \
    int name(int file, offset_type length) {    \
        REAL(name);                             \
        int failed = real(file, length);        \
        if (!failed)                            \
            noted('t', file, length, "", 0);    \
        return failed;                          \
    }
CUTS(ftruncate, off_t)
CUTS(ftruncate64, off64_t)
