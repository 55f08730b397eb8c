// The Linux calls that Swift's own Glibc and Musl modules leave out. Declarations only: no code.
#pragma once

#include <linux/filter.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#ifndef _GNU_SOURCE
/// accept(2) that also sets SOCK_NONBLOCK and SOCK_CLOEXEC.
extern int accept4(int, struct sockaddr *, socklen_t *, int);

/// Writes the processors a process may run on, a bit for each.
extern int sched_getaffinity(int, size_t, void *);
#endif
