// POSIX's calls for files and folders.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// say prints a result, or the error.
static long say(const char *what, long result) {
  if (result < 0)
    printf("%s: %s\n", what, strerror(errno));
  else
    printf("%s: %ld\n", what, result);
  errno = 0;
  return result;
}

// made prints whether there is a descriptor, and returns it.
static int made(const char *what, int fd) {
  if (fd < 0)
    printf("%s: %s\n", what, strerror(errno));
  else
    printf("%s: open\n", what);
  return fd;
}

static void put(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd < 0 || write(fd, text, strlen(text)) != (long)strlen(text)) {
    perror(path);
    exit(1);
  }
  close(fd);
}

static int compare(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }

// list prints the names in a folder, in order.
static void list(const char *path) {
  DIR *d = opendir(path);
  if (!d) {
    say(path, -1);
    return;
  }
  char *names[200];
  int n = 0;
  for (struct dirent *e; (e = readdir(d));) {
    char line[300];
    snprintf(line, sizeof line, "%s %d %d", e->d_name, e->d_type, e->d_ino != 0);
    if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && n < 200)
      names[n++] = strdup(line);
  }
  qsort(names, n, sizeof *names, compare);
  for (int i = 0; i < n; i++)
    printf("  %s\n", names[i]);
  say("closedir", closedir(d));
}

static void opens(void) {
  put("/data/f", "text");
  mkdir("/data/d", 0777);
  symlink("f", "/data/l");
  symlink("d", "/data/ld");
  static const char *paths[] = {"/data/f", "/data/d", "/data/l", "/data/ld", "/data/none", "/data/f/", "/data/d/", "/data"};
  static const struct {
    const char *name;
    int flags;
  } flags[] = {{"rdonly", O_RDONLY}, {"wronly", O_WRONLY}, {"rdwr", O_RDWR}, {"directory", O_RDONLY | O_DIRECTORY},
    {"nofollow", O_RDONLY | O_NOFOLLOW}, {"excl", O_RDWR | O_CREAT | O_EXCL}, {"trunc", O_RDWR | O_TRUNC}, {"append", O_WRONLY | O_APPEND},
    {"creat", O_RDWR | O_CREAT}};
  for (size_t p = 0; p < sizeof paths / sizeof *paths; p++)
    for (size_t f = 0; f < sizeof flags / sizeof *flags; f++) {
      char what[100];
      snprintf(what, sizeof what, "%s %s", paths[p], flags[f].name);
      int fd = made(what, open(paths[p], flags[f].flags, 0666));
      if (fd >= 0) {
        char b[8];
        struct stat st;
        say("fstat", fstat(fd, &st));
        printf("%o\n", st.st_mode & S_IFMT);
        if (S_ISREG(st.st_mode)) {
          say("write", write(fd, "new", 3));
          say("read", read(fd, b, sizeof b));
        }
        say("getfl", fcntl(fd, F_GETFL) & O_APPEND);
        say("close", close(fd));
        say("close again", close(fd));
      }
      unlink("/data/none");
    }
}

static void modes(void) {
  put("/data/f", "text");
  char b[8];
  int fd = made("sync", open("/data/f", O_RDWR | O_SYNC));
  close(fd);
  fd = made("nonblock", open("/data/f", O_RDONLY | O_NONBLOCK));
  say("getfl", fcntl(fd, F_GETFL) == (O_RDONLY | O_NONBLOCK));
  say("read of nonblock", read(fd, b, sizeof b));
  fd = made("folder", open("/data", O_RDONLY));
  say("read of a folder", read(fd, b, sizeof b));
  say("write to a folder", write(fd, b, sizeof b));
  say("pread of a folder", pread(fd, b, sizeof b, 0));
}

static void positions(void) {
  int fd = open("/data/f", O_RDWR | O_CREAT, 0666);
  char b[100] = {0};
  say("write", write(fd, "0123456789", 10));
  say("lseek", lseek(fd, 3, SEEK_SET));
  say("pread", pread(fd, b, 4, 5));
  puts(b);
  say("position", lseek(fd, 0, SEEK_CUR));
  say("pwrite", pwrite(fd, "AB", 2, 1));
  say("position", lseek(fd, 0, SEEK_CUR));
  say("pread beyond", pread(fd, b, 4, 100));
  say("pread negative", pread(fd, b, 4, -1));
  say("lseek negative", lseek(fd, -1, SEEK_SET));
  say("lseek end", lseek(fd, -2, SEEK_END));
  say("lseek far", lseek(fd, 1LL << 40, SEEK_SET));
  say("read far", read(fd, b, 4));
  lseek(fd, 0, SEEK_SET);
  struct iovec in[3] = {{b, 2}, {b + 10, 0}, {b + 20, 3}};
  say("readv", readv(fd, in, 3) > 0);
  lseek(fd, 0, SEEK_END);
  struct iovec out[2] = {{"one", 3}, {"two", 3}};
  long n = writev(fd, out, 2); // may be short
  if (n == 3)
    n += write(fd, "two", 3);
  say("writev", n);
  say("writev none", writev(fd, out, 0));
  say("read nothing", read(fd, b, 0));
  say("write nothing", write(fd, b, 0));
  say("ftruncate", ftruncate(fd, 4));
  say("ftruncate negative", ftruncate(fd, -1));
  say("fsync", fsync(fd));
  say("fdatasync", fdatasync(fd));
  say("truncate", truncate("/data/f", 6));
  say("size", lseek(fd, 0, SEEK_END));
  say("bad descriptor", read(77, b, 1));
  say("negative descriptor", read(-1, b, 1));
  say("close", close(77));
  close(fd);
}

static void appends(void) {
  int a = open("/data/f", O_RDWR | O_CREAT | O_APPEND, 0666), b = open("/data/f", O_RDWR);
  say("a", write(a, "one", 3));
  say("position", lseek(a, 0, SEEK_CUR));
  lseek(a, 0, SEEK_SET);
  say("b", write(b, "TWO!", 4));
  say("a", write(a, "three", 5));
  say("getfl", fcntl(a, F_GETFL) == (O_RDWR | O_APPEND));
  say("setfl", fcntl(b, F_SETFL, O_APPEND));
  lseek(b, 0, SEEK_SET);
  say("b", write(b, "end", 3));
  char text[100] = {0};
  say("pread", pread(a, text, 99, 0));
  puts(text);
}

static void links(void) {
  put("/data/f", "text");
  mkdir("/data/d", 0777);
  say("link", link("/data/f", "/data/h"));
  say("link again", link("/data/f", "/data/h"));
  say("link a folder", link("/data/d", "/data/e"));
  struct stat a, b;
  say("stat", stat("/data/f", &a));
  stat("/data/h", &b);
  printf("%d %d %ld\n", a.st_ino == b.st_ino, (int)a.st_nlink, (long)a.st_size);
  say("symlink", symlink("f", "/data/l"));
  say("dangling", symlink("none", "/data/n"));
  say("absolute", symlink("/etc/passwd", "/data/abs"));
  char target[20] = {0};
  say("readlink", readlink("/data/l", target, sizeof target));
  say("readlink short", readlink("/data/n", target, 2));
  say("readlink of a file", readlink("/data/f", target, sizeof target));
  say("stat through", stat("/data/l", &b));
  say("lstat", lstat("/data/l", &b));
  printf("%d %ld\n", S_ISLNK(b.st_mode), (long)b.st_size);
  say("stat dangling", stat("/data/n", &b));
  say("access", access("/data/f", R_OK));
  say("access none", access("/data/none", F_OK));
  say("access dangling", access("/data/n", F_OK));
  say("linkat of a link", linkat(AT_FDCWD, "/data/l", AT_FDCWD, "/data/ll", 0));
  say("unlink", unlink("/data/h"));
  say("unlink a folder", unlink("/data/d"));
  say("rmdir a file", rmdir("/data/f"));
  say("remove", remove("/data/d"));
  say("unlinkat", unlinkat(AT_FDCWD, "/data/l", 0));
  list("/data");
}

static void renames(void) {
  put("/data/a", "a");
  put("/data/b", "b");
  mkdir("/data/d", 0777);
  mkdir("/data/e", 0777);
  put("/data/e/x", "x");
  static const char *pairs[][2] = {{"a", "b"}, {"b", "b"}, {"b", "d"}, {"d", "b"}, {"d", "e"}, {"e", "d"}, {"d", "d/in"}, {"none", "x"}, {"b", "none/x"}, {"b", "c/"}, {"d", "n/"}, {"b", ""}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    char from[50], to[50], what[120];
    snprintf(from, sizeof from, "/data/%s", pairs[i][0]);
    snprintf(to, sizeof to, "/data/%s", pairs[i][1]);
    snprintf(what, sizeof what, "%s to %s", from, to);
    say(what, rename(from, to));
  }
  list("/data");
  list("/data/d");
}

static void folders(void) {
  say("mkdir", mkdir("/data/d", 0777));
  say("again", mkdir("/data/d", 0777));
  for (int i = 0; i < 40; i++) {
    char path[50];
    snprintf(path, sizeof path, "/data/d/file%02d", i);
    put(path, path);
  }
  DIR *d = opendir("/data/d");
  int n = 0;
  long at = 0;
  for (struct dirent *e; (e = readdir(d)); n++)
    if (n == 10)
      at = telldir(d);
  printf("%d entries\n", n);
  seekdir(d, at);
  n = 0;
  while (readdir(d))
    n++;
  printf("%d after the eleventh\n", n);
  rewinddir(d);
  n = 0;
  while (readdir(d))
    n++;
  printf("%d again\n", n);
  int fd = dirfd(d);
  struct stat st;
  say("fstatat", fstatat(fd, "file07", &st, 0));
  say("openat", close(openat(fd, "file08", O_RDONLY)));
  say("mkdirat", mkdirat(fd, "sub", 0777));
  say("renameat", renameat(fd, "file09", fd, "sub/file"));
  say("unlinkat", unlinkat(fd, "file10", 0));
  say("unlinkat a folder", unlinkat(fd, "sub", AT_REMOVEDIR));
  say("fstatat up", fstatat(fd, "..", &st, 0));
  say("absolute", fstatat(fd, "/data", &st, 0));
  closedir(d);
  say("rmdir", rmdir("/data/d"));
  say("opendir of a file", opendir("/data/d/file01") ? 0 : -1);
  say("opendir of nothing", opendir("/data/none") ? 0 : -1);
  fd = open("/data/d", O_RDONLY | O_DIRECTORY);
  d = fdopendir(fd);
  say("fdopendir", d ? 0 : -1);
  closedir(d);
  list("/data/d/sub");
}

static void times(void) {
  put("/data/f", "text");
  struct timespec t[2] = {{1000, 5}, {2000, 999999999}};
  struct stat st;
  say("utimensat", utimensat(AT_FDCWD, "/data/f", t, 0));
  stat("/data/f", &st);
  printf("%lld.%ld %lld.%ld\n", (long long)st.st_atim.tv_sec, st.st_atim.tv_nsec, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  int fd = open("/data/f", O_RDWR);
  t[0].tv_nsec = UTIME_OMIT;
  t[1].tv_sec = 3000;
  say("futimens", futimens(fd, t));
  fstat(fd, &st);
  printf("%lld.%ld %lld.%ld\n", (long long)st.st_atim.tv_sec, st.st_atim.tv_nsec, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  t[0].tv_nsec = t[1].tv_nsec = UTIME_NOW;
  say("now", futimens(fd, t));
  fstat(fd, &st);
  printf("%d %d\n", st.st_atim.tv_sec > 1700000000, st.st_mtim.tv_sec > 1700000000);
  say("none", utimensat(AT_FDCWD, "/data/none", NULL, 0));
  symlink("f", "/data/l");
  t[0] = (struct timespec){50, 0};
  t[1] = (struct timespec){60, 0};
  say("of a link", utimensat(AT_FDCWD, "/data/l", t, AT_SYMLINK_NOFOLLOW));
  lstat("/data/l", &st);
  printf("%lld\n", (long long)st.st_mtim.tv_sec);
  stat("/data/f", &st);
  printf("%d\n", st.st_mtim.tv_sec == 60);
}

static void flood(void) {
  int fds[300], n = 0;
  put("/data/f", "text");
  for (; n < 300; n++)
    if ((fds[n] = open("/data/f", O_RDONLY)) < 0)
      break;
  say("opened", n);
  char b[4];
  say("the last", read(fds[n - 1], b, 4));
  for (int i = 0; i < n; i++)
    if (close(fds[i]))
      perror("close");
  say("afterwards", close(open("/data/f", O_RDONLY)));
}

static void working(void) {
  char b[100];
  puts(getcwd(b, sizeof b) ? b : strerror(errno));
  say("chdir", chdir("/data"));
  puts(getcwd(b, sizeof b) ? b : strerror(errno));
  put("rel", "x");
  say("mkdir", mkdir("sub", 0777));
  say("chdir", chdir("sub"));
  puts(getcwd(b, sizeof b) ? b : strerror(errno));
  say("up", access("../rel", F_OK));
  say("too far up", access("../../rel", F_OK));
  say("nothing", chdir("none"));
  say("a file", chdir("/data/rel"));
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    void (*run)(void);
  } cases[] = {{"opens", opens}, {"modes", modes}, {"positions", positions}, {"appends", appends}, {"links", links}, {"renames", renames}, {"folders", folders}, {"times", times}, {"flood", flood}, {"working", working}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (argc > 1 && !strcmp(argv[1], cases[i].name)) {
      cases[i].run();
      return 0;
    }
  return 2;
}
