// A program that tries every way out. The leak suite compiles it and runs it inside namespaces, and outside as a control.
//
//   talker shoot NETNS ROUNDS TARGET...   waits for /run/netns/NETNS ("-": stays here), then sends by every kind of socket to the
//                                         targets, to groups and to everybody, ROUNDS times (0: until SIGTERM); then a line a
//                                         kind: KIND TRIED SENT. After SIGUSR1 it says `rounds` when three more have ended
//   talker names ROUNDS NAME...           getaddrinfo(3), 20 times a second at most
//   talker ask PATH...                    connects to each unix socket (@NAME: an abstract one); a line each
//   talker hold FD TARGET PORT            sends by a descriptor that it was handed
//   talker family NUMBER                  makes a socket of a family
//   talker uring NUMBER                   makes one by io_uring, where no filter of system calls sees which
//   talker type TEXT                      types it, and Enter, on the terminal of its standard input, as for whoever reads there next
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static volatile sig_atomic_t over, asked;
static void stop(int signal) { (void)signal; over = 1; }
static void tell(int signal) { (void)signal; asked = 1; }

static struct { const char *kind; long tried, sent; } counts[64];

static void count(const char *kind, int sent) {
  int i = 0;
  while (counts[i].kind && strcmp(counts[i].kind, kind)) i++;
  counts[i].kind = kind;
  counts[i].tried++;
  counts[i].sent += sent;
}

static void pause_us(int us) { usleep(us); }

// One packet of a kind: a socket of its own each time, as a new program would have.
static void shoot(const char *kind, int family, int type, int protocol, const void *to, socklen_t length, const char *link) {
  char payload[96];
  int used = 0, fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  memset(payload, 0, sizeof payload);
  if (fd < 0) { count(kind, 0); return; }
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
  if (link && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, link, strlen(link) + 1)) { count(kind, 0); close(fd); return; }
  if (type == SOCK_STREAM) {
    count(kind, connect(fd, to, length) == 0 || errno == EINPROGRESS);
    close(fd);
    return;
  }
  if (protocol == IPPROTO_ICMP && type == SOCK_RAW) { payload[0] = 8; payload[2] = (char)0xf7; payload[3] = (char)0xff; used = 8; }
  if (protocol == IPPROTO_ICMPV6) { payload[0] = (char)128; used = 8; }
  if (protocol == IPPROTO_RAW || family == AF_PACKET) {
    // A header of our own: 192.0.2.77 to 192.0.2.1, protocol 253 (RFC 3692: for experiments).
    static const unsigned char header[20] = { 0x45, 0, 0, 60, 0, 1, 0, 0, 64, 253, 0, 0, 192, 0, 2, 77, 192, 0, 2, 1 };
    memcpy(payload, header, sizeof header);
    if (family != AF_PACKET) memcpy(payload + 16, &((const struct sockaddr_in *)to)->sin_addr, 4);
    used = 20;
  }
  used += snprintf(payload + used, sizeof payload - used, "LEAK:%s.", kind);
  if (used < 60) used = 60;
  count(kind, sendto(fd, payload, used, 0, to, length) == used);
  close(fd);
}

static void to4(const char *kind, int type, int protocol, const char *address, int port, const char *link) {
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
  inet_pton(AF_INET, address, &to.sin_addr);
  shoot(kind, AF_INET, type, protocol, &to, sizeof to, link);
  pause_us(200);
}

static void to6(const char *kind, int type, int protocol, const char *address, int port, int scope, const char *link) {
  struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = scope };
  inet_pton(AF_INET6, address, &to.sin6_addr);
  if (type == SOCK_RAW) to.sin6_port = 0;
  shoot(kind, AF_INET6, type, protocol, &to, sizeof to, link);
  pause_us(200);
}

static void by_every_link(void) {
  struct if_nameindex *links = if_nameindex();
  for (struct if_nameindex *l = links; l && l->if_index; l++) {
    if (!strcmp(l->if_name, "lo")) continue;
    struct sockaddr_ll frame = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = l->if_index, .sll_halen = 6,
                                 .sll_addr = { 255, 255, 255, 255, 255, 255 } };
    shoot("packet", AF_PACKET, SOCK_DGRAM, 0, &frame, sizeof frame, NULL);
    to4("bound", SOCK_DGRAM, 0, "192.0.2.1", 4242, l->if_name);
    to4("bound-broadcast", SOCK_DGRAM, 0, "255.255.255.255", 67, l->if_name);
    to6("all-nodes", SOCK_DGRAM, 0, "ff02::1", 4242, l->if_index, NULL);
    to6("mdns6", SOCK_DGRAM, 0, "ff02::fb", 5353, l->if_index, NULL);
    to6("llmnr6", SOCK_DGRAM, 0, "ff02::1:3", 5355, l->if_index, NULL);
    to6("ping6-all", SOCK_RAW, IPPROTO_ICMPV6, "ff02::1", 0, l->if_index, NULL);
  }
  if (links) if_freenameindex(links);
}

static void once_round(char **targets) {
  for (char **t = targets; *t; t++) {
    if (!strchr(*t, ':')) {
      to4("udp", SOCK_DGRAM, 0, *t, 4242, NULL);
      to4("tcp", SOCK_STREAM, 0, *t, 80, NULL);
      to4("dns", SOCK_DGRAM, 0, *t, 53, NULL);
      to4("dns-tcp", SOCK_STREAM, 0, *t, 53, NULL);
      to4("dns-tls", SOCK_STREAM, 0, *t, 853, NULL);
      to4("ping", SOCK_RAW, IPPROTO_ICMP, *t, 0, NULL);
      to4("raw", SOCK_RAW, IPPROTO_RAW, *t, 0, NULL);
      to4("udplite", SOCK_DGRAM, IPPROTO_UDPLITE, *t, 4242, NULL);
    } else {
      to6("udp6", SOCK_DGRAM, 0, *t, 4242, 0, NULL);
      to6("tcp6", SOCK_STREAM, 0, *t, 80, 0, NULL);
      to6("dns6", SOCK_DGRAM, 0, *t, 53, 0, NULL);
      to6("dns6-tcp", SOCK_STREAM, 0, *t, 53, 0, NULL);
      to6("ping6", SOCK_RAW, IPPROTO_ICMPV6, *t, 0, 0, NULL);
      to6("raw6", SOCK_RAW, 253, *t, 0, 0, NULL);
      to6("dns6-tls", SOCK_STREAM, 0, *t, 853, 0, NULL);
    }
  }
  to4("broadcast", SOCK_DGRAM, 0, "255.255.255.255", 67, NULL);
  to4("mdns", SOCK_DGRAM, 0, "224.0.0.251", 5353, NULL);
  to4("llmnr", SOCK_DGRAM, 0, "224.0.0.252", 5355, NULL);
  to4("ssdp", SOCK_DGRAM, 0, "239.255.255.250", 1900, NULL);
  by_every_link();
}

static int shooting(char **arguments) {
  if (strcmp(arguments[0], "-")) {
    char path[300];
    snprintf(path, sizeof path, "/run/netns/%s", arguments[0]);
    // The file is there an instant before the netns is on it.
    for (int in = -1; in; ) {
      int fd = open(path, O_RDONLY | O_CLOEXEC);
      in = fd < 0 ? -1 : setns(fd, CLONE_NEWNET);
      if (fd >= 0) close(fd);
      if (over) return 3;
      if (in) pause_us(50);
    }
  }
  puts("inside");
  fflush(stdout);
  // The round in which it is asked does not count: its beginning was before.
  int to_go = 0;
  for (long rounds = atol(arguments[1]), i = 0; !over && (rounds == 0 || i < rounds); i++) {
    if (asked) { asked = 0; to_go = 3; }
    once_round(arguments + 2);
    if (to_go && --to_go == 0) { puts("rounds"); fflush(stdout); }
  }
  for (int i = 0; counts[i].kind; i++) printf("%s %ld %ld\n", counts[i].kind, counts[i].tried, counts[i].sent);
  return 0;
}

#ifndef WITHOUT_NAMES
static int names(char **arguments) {
  long rounds = atol(arguments[0]);
  puts("inside");
  fflush(stdout);
  for (long i = 0; !over && (rounds == 0 || i < rounds); i++)
    for (char **name = arguments + 1; *name && !over; name++) {
      struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
      char text[64] = "-";
      int error = getaddrinfo(*name, NULL, &hints, &found);
      if (!error) getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST);
      printf("%s %s\n", *name, error ? gai_strerror(error) : text);
      fflush(stdout);
      if (found) freeaddrinfo(found);
      pause_us(50000);
    }
  return 0;
}
#endif

static socklen_t unix_address(const char *path, struct sockaddr_un *to) {
  memset(to, 0, sizeof *to);
  to->sun_family = AF_UNIX;
  strncpy(to->sun_path, path, sizeof to->sun_path - 1);
  if (*path == '@') to->sun_path[0] = 0;
  return offsetof(struct sockaddr_un, sun_path) + strlen(path) + (*path == '@' ? 0 : 1);
}

static int ask(char **paths) {
  for (; *paths; paths++) {
    struct sockaddr_un to;
    socklen_t length = unix_address(*paths, &to);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    errno = 0;
    int got = connect(fd, (struct sockaddr *)&to, length);
    printf("%s %s\n", *paths, got ? strerror(errno) : "answered");
    close(fd);
  }
  return 0;
}

static int hold(int fd, const char *target, int port) {
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
  inet_pton(AF_INET, target, &to.sin_addr);
  puts(sendto(fd, "LEAK:handed.", 12, 0, (struct sockaddr *)&to, sizeof to) == 12 ? "sent" : strerror(errno));
  return 0;
}

static int family(int number) {
  int fd = socket(number, SOCK_STREAM, 0);
  puts(fd >= 0 ? "made" : strerror(errno));
  return 0;
}

// io_uring_setup(2), and one IORING_OP_SOCKET (Linux 5.19).
static int by_uring(int number) {
  struct io_uring_params p;
  memset(&p, 0, sizeof p);
  int ring = syscall(SYS_io_uring_setup, 1, &p);
  if (ring < 0) { puts(strerror(errno)); return 0; }
  size_t room = p.sq_off.array + p.sq_entries * sizeof(unsigned);
  size_t done = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
  char *sq = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
  char *cq = mmap(NULL, done, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
  struct io_uring_sqe *sqe = mmap(NULL, p.sq_entries * sizeof *sqe, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
  if (sq == MAP_FAILED || cq == MAP_FAILED || sqe == MAP_FAILED) { puts(strerror(errno)); return 0; }
  memset(sqe, 0, sizeof *sqe);
  sqe->opcode = IORING_OP_SOCKET;
  sqe->fd = number;
  sqe->off = SOCK_STREAM;
  *(unsigned *)(sq + p.sq_off.array) = 0;
  __atomic_store_n((unsigned *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0) { puts(strerror(errno)); return 0; }
  int result = ((struct io_uring_cqe *)(cq + p.cq_off.cqes))->res;
  puts(result >= 0 ? "made" : strerror(-result));
  return 0;
}

static int type(const char *text) {
  int failed = 0;
  for (; *text && !failed; text++) failed = ioctl(0, TIOCSTI, text);
  puts(failed || ioctl(0, TIOCSTI, "\n") ? strerror(errno) : "typed");
  return 0;
}

int main(int argc, char **argv) {
  struct sigaction action = { .sa_handler = stop };
  sigaction(SIGTERM, &action, NULL);
  action.sa_handler = tell;
  sigaction(SIGUSR1, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  if (argc > 4 && !strcmp(argv[1], "shoot")) return shooting(argv + 2);
#ifndef WITHOUT_NAMES
  if (argc > 3 && !strcmp(argv[1], "names")) return names(argv + 2);
#endif
  if (argc > 2 && !strcmp(argv[1], "ask")) return ask(argv + 2);
  if (argc == 5 && !strcmp(argv[1], "hold")) return hold(atoi(argv[2]), argv[3], atoi(argv[4]));
  if (argc == 3 && !strcmp(argv[1], "family")) return family(atoi(argv[2]));
  if (argc == 3 && !strcmp(argv[1], "uring")) return by_uring(atoi(argv[2]));
  if (argc == 3 && !strcmp(argv[1], "type")) return type(argv[2]);
  fputs("usage: see the top of talker.c\n", stderr);
  return 2;
}
