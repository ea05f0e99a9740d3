// The standard library of C beside files: streams, time, surroundings, the end.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void stdio(void) {
  static const char *modes[] = {"r", "r+", "w", "w+", "a", "a+", "wx", "rb", "x"};
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    FILE *f = fopen("/data/f", modes[i]);
    if (!f) {
      printf("%s: %s\n", modes[i], strerror(errno));
      continue;
    }
    char b[100];
    int wrote = fprintf(f, "line of %s\n", modes[i]);
    int failed = ferror(f) != 0 || fflush(f) != 0;
    rewind(f);
    printf("%s: %d %d %s\n", modes[i], wrote > 0, failed, fgets(b, sizeof b, f) ? b : "nothing");
    fseek(f, 0, SEEK_END);
    printf("%ld %d\n", ftell(f), fclose(f));
  }
  FILE *f = fopen("/data/f", "w+");
  setvbuf(f, NULL, _IOFBF, 7);
  for (int i = 0; i < 100; i++)
    fprintf(f, "%d ", i);
  fseek(f, 50, SEEK_SET);
  int a, b;
  printf("%d", fscanf(f, "%d %d", &a, &b));
  printf(" %d %d\n", a, b);
  ungetc('x', f);
  printf("%c %d\n", fgetc(f), feof(f));
  fclose(f);
  f = freopen("/data/g", "w", stdout);
  printf("to a file\n");
  fprintf(stderr, "%d\n", f == stdout);
}

static void input(void) {
  char b[64];
  int n = 0;
  long sum = 0;
  while (fgets(b, sizeof b, stdin)) {
    n++;
    sum += strlen(b);
  }
  printf("%d pieces, %ld bytes, %d %d\n", n, sum, feof(stdin), ferror(stdin));
  printf("%zd\n", read(0, b, 1));
  struct stat st;
  printf("%d %d %d\n", isatty(0), isatty(1), fstat(0, &st));
}

static void output(void) {
  char b[1000];
  memset(b, 'x', sizeof b);
  for (int i = 0; i < 3000; i++)
    fwrite(b, 1, sizeof b, stdout);
  fflush(stdout);
  dprintf(2, "done %d\n", 7);
  write(1, "\0binary\xff\n", 9);
}

static void clocks(void) {
  struct timespec a, b, r;
  printf("%d %d\n", clock_gettime(CLOCK_MONOTONIC, &a), clock_gettime(CLOCK_REALTIME, &b));
  printf("%d\n", b.tv_sec > 1700000000);
  printf("%d %d\n", clock_getres(CLOCK_MONOTONIC, &r), r.tv_nsec > 0);
  struct timespec wait = {0, 3000000};
  printf("%d\n", nanosleep(&wait, NULL));
  clock_gettime(CLOCK_MONOTONIC, &b);
  printf("%d\n", (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec >= 3000000);
  b.tv_nsec += 2000000;
  if (b.tv_nsec >= 1000000000)
    b.tv_nsec -= 1000000000, b.tv_sec++;
  printf("%d\n", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &b, NULL));
  wait.tv_nsec = 2000000000;
  printf("%d\n", nanosleep(&wait, NULL) < 0);
  struct timeval tv;
  printf("%d %d\n", gettimeofday(&tv, NULL), time(NULL) - tv.tv_sec < 5);
  time_t t = 86400 * 365;
  char s[100];
  strftime(s, sizeof s, "%Y-%m-%d %H:%M:%S", gmtime(&t));
  puts(s);
  strftime(s, sizeof s, "%Y-%m-%d %H:%M:%S %Z", localtime(&t));
  puts(s);
  usleep(1000);
}

static void polls(void) {
  int fd = open("/data/f", O_RDWR | O_CREAT, 0666);
  struct pollfd p[3] = {{fd, POLLIN | POLLOUT, 0}, {0, POLLIN, 0}, {1, POLLOUT, 0}};
  int n = poll(p, 1, 1000);
  printf("a file: %d, in and out %d\n", n, (p[0].revents & (POLLIN | POLLOUT)) == (POLLIN | POLLOUT));
  n = poll(p + 2, 1, 1000);
  printf("%d %d\n", n, p[2].revents == POLLOUT);
  printf("%d\n", poll(NULL, 0, 2));
  p[0].fd = 77;
  n = poll(p, 1, 0);
  printf("a bad descriptor: %d, invalid %d\n", n, n == 1 ? p[0].revents == POLLNVAL : 0);
  fd_set set;
  FD_ZERO(&set);
  FD_SET(fd, &set);
  struct timeval tv = {0, 1000};
  n = select(fd + 1, &set, NULL, NULL, &tv);
  printf("%d %d\n", n, !!FD_ISSET(fd, &set));
  FD_ZERO(&set);
  printf("%d\n", select(0, &set, NULL, NULL, &tv));
}

static void surroundings(int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    printf("argument %s\n", argv[i]);
  for (char **e = environ; *e; e++)
    printf("variable %s\n", *e);
  setenv("SET", "here", 1);
  unsetenv("A");
  printf("%s %d\n", getenv("SET"), getenv("A") == NULL);
  unsigned char b[64] = {0};
  printf("%d", getentropy(b, sizeof b));
  int zero = 0;
  for (size_t i = 0; i < sizeof b; i++)
    zero += !b[i];
  printf(" %d\n", zero < 32);
  void *p = malloc(50 << 20);
  printf("%d", p != NULL);
  printf(" %d\n", malloc(0xf0000000) == NULL);
}

static void last(void) { puts("at exit"); }

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  if (!strcmp(name, "stdio"))
    stdio();
  else if (!strcmp(name, "input"))
    input();
  else if (!strcmp(name, "output"))
    output();
  else if (!strcmp(name, "clocks"))
    clocks();
  else if (!strcmp(name, "polls"))
    polls();
  else if (!strcmp(name, "surroundings"))
    surroundings(argc, argv);
  else if (!strcmp(name, "exit")) {
    atexit(last);
    printf("no line");
    exit(3);
  } else if (!strcmp(name, "_exit")) {
    atexit(last);
    printf("lost");
    _Exit(4);
  } else if (!strcmp(name, "return")) {
    atexit(last);
    return 5;
  } else if (!strcmp(name, "abort"))
    abort();
  else if (!strcmp(name, "pointer"))
    printf("%d\n", *(volatile int *)0xfffffff0);
  else if (!strcmp(name, "trap"))
    __builtin_trap();
  else if (!strcmp(name, "errors"))
    for (int i = 0; i < 80; i++)
      printf("%d %s\n", i, strerror(i));
  return 0;
}
