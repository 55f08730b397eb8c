// The Linux calls that Swift's own Glibc and Musl modules leave out.
#pragma once

#include <linux/filter.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef _GNU_SOURCE
/// accept(2) that also sets SOCK_NONBLOCK and SOCK_CLOEXEC.
extern int accept4(int, struct sockaddr *, socklen_t *, int);
#endif

#ifdef __GLIBC__
#include <malloc.h>
#endif

/// Makes the C library serve all threads from one heap, keep so many free bytes at its end, and map
/// blocks of so many bytes or more by themselves. Left alone, both bounds move with what is freed.
static inline void clinux_use_one_heap(int free_bytes, int block_bytes) {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, free_bytes);
  mallopt(M_MMAP_THRESHOLD, block_bytes);
#endif
}

/// Gives free memory back to the system, where the C library keeps it otherwise.
static inline void clinux_return_free_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

/// Writes the processors this process may run on, a bit for each; gives the bytes written, or -1.
///
/// By its number, since the function of the C library takes a type that is hidden like accept4.
static inline long clinux_processors(void *mask, size_t size) {
  return syscall(SYS_sched_getaffinity, 0, size, mask);
}
