/* A disk that fails to order: preloaded into a program, it stands between it and the C library. The file named by
   OZURA_BAD_DISK says what fails now: "<sync|write> <errno or 0> <delay in ms> <how often, -1 for always> <part of the
   file's path, or with $ its end>", or nothing; how often it has, in all processes together, is counted behind that. */
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
#define COUNT_AT 248

static char *order;

__attribute__((constructor)) static void open_order(void) {
  const char *path = getenv("OZURA_BAD_DISK");
  int fd = path == NULL ? -1 : open(path, O_RDWR);
  if (fd < 0) return;
  void *mapped = mmap(NULL, ORDER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) order = mapped;
  close(fd);
}

static int is_meant(const char *path, char *part) {
  size_t end = strlen(part) - 1;
  if (part[end] != '$') return strstr(path, part) != NULL;
  size_t length = strlen(path);
  return length >= end && strncmp(path + length - end, part, end) == 0;
}

/* Whether this call on this file is to fail. A delay is waited for here. */
static int fails(const char *kind, int fd) {
  if (order == NULL || order[0] == 0) return 0;
  char asked[16], part[200], link[64], path[4096];
  int number = 0, delay = 0, times = 0;
  if (sscanf(order, "%15s %d %d %d %199s", asked, &number, &delay, &times, part) != 5 || strcmp(asked, kind) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (!is_meant(path, part)) return 0;
  int before = __atomic_fetch_add((int *)(order + COUNT_AT), 1, __ATOMIC_SEQ_CST);
  if (times >= 0 && before >= times) return 0;
  struct timespec wait = {delay / 1000, (delay % 1000) * 1000000L};
  /* As on a disk, a signal ends no wait. */
  while (delay > 0 && nanosleep(&wait, &wait) != 0 && errno == EINTR) continue;
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
STAND_BEFORE("write", ssize_t, pwritev, (int fd, const struct iovec *from, int count, off_t at), (fd, from, count, at))
STAND_BEFORE("write", ssize_t, writev, (int fd, const struct iovec *from, int count), (fd, from, count))
/* It answers the error instead of setting it. */
int posix_fallocate(int fd, off_t at, off_t length) {
  static __typeof__(&posix_fallocate) real;
  if (real == NULL) real = REAL(posix_fallocate);
  return fails("write", fd) ? errno : real(fd, at, length);
}
STAND_BEFORE("write", int, ftruncate, (int fd, off_t size), (fd, size))
STAND_BEFORE("write", int, ftruncate64, (int fd, off64_t size), (fd, size))
