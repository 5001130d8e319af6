// How many connections a proxy makes in a second.
//   calls serve PORT                     answers each connection's first byte with one, and closes
//   calls call PORT SECONDS PARALLEL     so many at a time: connect, a byte there, a byte back, close; prints how many a second
// On 127.0.0.1. One connection after the other in each of PARALLEL processes.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in at(int port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return name;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void serve(int port) {
  struct sockaddr_in name = at(port);
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&name, sizeof name) || listen(listener, 4096)) die("listen");
  for (;;) {
    char byte;
    int caller = accept(listener, NULL, NULL);
    if (caller < 0) continue;
    if (read(caller, &byte, 1) == 1 && write(caller, &byte, 1) != 1) perror("answer");
    close(caller);
  }
}

static long call(int port, double seconds) {
  struct sockaddr_in name = at(port);
  double end = now() + seconds;
  long calls = 0;
  // A port of ours is free again at once: thousands a second would use them up.
  struct linger none = {1, 0};
  while (now() < end) {
    char byte = 'x';
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&name, sizeof name)) die("connect");
    if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1) die("call");
    if (read(fd, &byte, 1) != 0) die("end");
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(fd);
    calls++;
  }
  return calls;
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  if (argc == 3 && !strcmp(argv[1], "serve")) serve(atoi(argv[2]));
  if (argc != 5 || strcmp(argv[1], "call")) {
    fprintf(stderr, "calls serve PORT | call PORT SECONDS PARALLEL\n");
    return 2;
  }
  int parallel = atoi(argv[4]), failed = 0, status;
  double seconds = atof(argv[3]);
  long *counts = mmap(NULL, (size_t)parallel * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < parallel; i++) {
    if (fork() == 0) {
      counts[i] = call(atoi(argv[2]), seconds);
      _exit(0);
    }
  }
  while (wait(&status) > 0) failed |= status;
  long sum = 0;
  for (int i = 0; i < parallel; i++) sum += counts[i];
  if (failed) return 1;
  printf("%.0f\n", (double)sum / seconds);
  return 0;
}
