/* A disk that fails to order: preloaded into a program, it stands between it and the C library. The file named by
   OZURA_BAD_DISK says what fails now: "<sync|write> <errno or 0> <delay in ms> <part of the file's path>", or nothing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define ORDER_BYTES 256

static const char *order;

__attribute__((constructor)) static void open_order(void) {
  const char *path = getenv("OZURA_BAD_DISK");
  int fd = path == NULL ? -1 : open(path, O_RDONLY);
  if (fd < 0) return;
  void *mapped = mmap(NULL, ORDER_BYTES, PROT_READ, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) order = mapped;
  close(fd);
}

/* Whether this call on this file is to fail. A delay is waited for here. */
static int fails(const char *kind, int fd) {
  if (order == NULL || order[0] == 0) return 0;
  char asked[16], part[200], link[64], path[4096];
  int number = 0, delay = 0;
  if (sscanf(order, "%15s %d %d %199s", asked, &number, &delay, part) != 4 || strcmp(asked, kind) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (strstr(path, part) == NULL) return 0;
  struct timespec wait = {delay / 1000, (delay % 1000) * 1000000L};
  if (delay > 0) nanosleep(&wait, NULL);
  errno = number;
  return number != 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define STAND_BEFORE(kind, result, name, parameters, arguments)            \
  result name parameters {                                                 \
    static __typeof__(&name) real;                                         \
    if (real == NULL) real = REAL(name);                                   \
    return fails(kind, fd) ? (result)-1 : real arguments;                  \
  }

STAND_BEFORE("sync", int, fsync, (int fd), (fd))
STAND_BEFORE("sync", int, fdatasync, (int fd), (fd))
STAND_BEFORE("write", ssize_t, write, (int fd, const void *from, size_t count), (fd, from, count))
STAND_BEFORE("write", ssize_t, pwrite, (int fd, const void *from, size_t count, off_t at), (fd, from, count, at))
STAND_BEFORE("write", ssize_t, pwrite64, (int fd, const void *from, size_t count, off64_t at), (fd, from, count, at))
STAND_BEFORE("write", ssize_t, writev, (int fd, const struct iovec *from, int count), (fd, from, count))
STAND_BEFORE("write", int, ftruncate, (int fd, off_t size), (fd, size))
STAND_BEFORE("write", int, ftruncate64, (int fd, off64_t size), (fd, size))
