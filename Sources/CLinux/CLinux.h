// The Linux calls that Swift's own Glibc and Musl modules leave out. Declarations only: no code.
#pragma once

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

/// accept(2) that also sets SOCK_NONBLOCK and SOCK_CLOEXEC; hidden behind _GNU_SOURCE otherwise.
extern int accept4(int, struct sockaddr *, socklen_t *, int);
