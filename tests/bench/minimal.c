// What `wgns up` and `wgns down` do, as the fewest system calls that do it: netlink by hand, nothing checked twice,
// nothing remembered, no ruleset (the bench adds the time of one `nft -f`). A floor to measure against, not a tool.
//
//   minimal up NAME UAPI-FILE ETC ENGINE      UAPI-FILE holds a ready set=1 request, ETC the DNS files,
//                                             ENGINE is a program, or "kernel" for the kernel's WireGuard
//   minimal down NAME
//
// The addresses and routes are those of tests/bench/run.sh's configuration.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what) {
    perror(what);
    exit(1);
}

static char batch[4096];
static size_t batch_size;
static int batch_messages;

static struct nlmsghdr *message(int type, int flags, const void *body, size_t body_size) {
    struct nlmsghdr *header = (struct nlmsghdr *)(batch + batch_size);
    *header = (struct nlmsghdr){
        .nlmsg_len = (unsigned)NLMSG_LENGTH(body_size), .nlmsg_type = (unsigned short)type,
        .nlmsg_flags = (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | flags), .nlmsg_seq = (unsigned)++batch_messages};
    memcpy(NLMSG_DATA(header), body, body_size);
    batch_size += NLMSG_ALIGN(header->nlmsg_len);
    return header;
}

static void attribute(struct nlmsghdr *header, int type, const void *value, size_t size) {
    struct rtattr *attr = (struct rtattr *)((char *)header + NLMSG_ALIGN(header->nlmsg_len));
    attr->rta_type = (unsigned short)type;
    attr->rta_len = (unsigned short)RTA_LENGTH(size);
    if (size) memcpy(RTA_DATA(attr), value, size);
    header->nlmsg_len = NLMSG_ALIGN(header->nlmsg_len) + (unsigned)RTA_ALIGN(attr->rta_len);
    batch_size = (size_t)((char *)header - batch) + NLMSG_ALIGN(header->nlmsg_len);
}

// All messages in one send; their acknowledgements come in order, several to a read.
static void send_batch(int fd) {
    if (send(fd, batch, batch_size, 0) < 0) die("netlink send");
    for (int acks = 0; acks < batch_messages;) {
        char answer[8192];
        ssize_t size = recv(fd, answer, sizeof answer, 0);
        if (size < 0) die("netlink recv");
        struct nlmsghdr *header = (struct nlmsghdr *)answer;
        for (; NLMSG_OK(header, (size_t)size); header = NLMSG_NEXT(header, size), acks++) {
            int error = ((struct nlmsgerr *)NLMSG_DATA(header))->error;
            if (header->nlmsg_type == NLMSG_ERROR && error) {
                fprintf(stderr, "message %u: %s\n", header->nlmsg_seq, strerror(-error));
                exit(1);
            }
        }
    }
    batch_size = 0;
    batch_messages = 0;
}

static int route_socket(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) die("socket");
    return fd;
}

static int index_of(int fd, const char *name) {
    struct ifreq request = {0};
    strcpy(request.ifr_name, name);
    if (ioctl(fd, SIOCGIFINDEX, &request) < 0) die(name);
    return request.ifr_ifindex;
}

#include "kernel_wg.h"

static void add_address(int family, const char *text, int index) {
    unsigned char address[16];
    size_t size = family == AF_INET ? 4 : 16;
    inet_pton(family, text, address);
    struct ifaddrmsg body = {.ifa_family = (unsigned char)family, .ifa_prefixlen = (unsigned char)(size * 8), .ifa_index = (unsigned)index};
    struct nlmsghdr *header = message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);
    attribute(header, IFA_LOCAL, address, size);
    attribute(header, IFA_ADDRESS, address, size);
}

static void add_default_route(int family, int index) {
    struct rtmsg body = {.rtm_family = (unsigned char)family, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC,
                         .rtm_scope = family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST};
    attribute(message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body), RTA_OIF, &index, sizeof index);
}

static void copy_file(const char *from, const char *to) {
    char text[4096];
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    ssize_t size = read(in, text, sizeof text);
    if (out < 0 || size < 0 || write(out, text, (size_t)size) != size) die(to);
    close(in);
    close(out);
}

static void write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) die(path);
    close(fd);
}

// Of the netns that the thread is in.
static void set_sysctl(const char *path, const char *value) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t size = (ssize_t)strlen(value);
    if (fd < 0 || write(fd, value, (size_t)size) != size) die(path);
    close(fd);
}

static void start_engine(const char *engine, const char *name) {
    pid_t pid = vfork();
    if (pid == 0) {
        execl(engine, engine, name, (char *)NULL);
        _exit(127);
    }
    int status;
    // It returns when its socket can be connected to.
    if (pid < 0 || waitpid(pid, &status, 0) < 0 || status) die(engine);
}

// Sends the request, returns the engine's process id.
static pid_t configure(const char *name, const char *uapi_file) {
    char request[4096], answer[64];
    int file = open(uapi_file, O_RDONLY | O_CLOEXEC);
    ssize_t size = read(file, request, sizeof request);
    close(file);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/var/run/wireguard/%s.sock", name);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (size <= 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0 || write(fd, request, (size_t)size) < 0) die(address.sun_path);
    ssize_t count = read(fd, answer, sizeof answer - 1);
    answer[count < 0 ? 0 : count] = 0;
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (strcmp(answer, "errno=0\n\n") || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) die("UAPI");
    close(fd);
    return peer.pid;
}

static void up(const char *name, const char *uapi_file, const char *files, const char *engine) {
    char netns[128], etc[128], path[160], from[160], temporary[IFNAMSIZ];
    snprintf(netns, sizeof netns, "/run/netns/%s", name);
    snprintf(etc, sizeof etc, "/etc/netns/%s", name);
    snprintf(temporary, sizeof temporary, "%.12s-t", name);

    int host = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    close(open(netns, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0));
    if (unshare(CLONE_NEWNET) < 0 || mount("/proc/thread-self/ns/net", netns, "none", MS_BIND, NULL) < 0) die(netns);
    int inside = route_socket(), lo = 1;
    struct ifinfomsg link = {.ifi_index = lo, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    message(RTM_NEWLINK, 0, &link, sizeof link);
    send_batch(inside);
    set_sysctl("/proc/sys/net/ipv4/ip_forward", "0");
    set_sysctl("/proc/sys/net/ipv6/conf/all/forwarding", "0");
    set_sysctl("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
    set_sysctl("/proc/sys/net/ipv6/conf/default/accept_ra", "0");
    set_sysctl("/proc/sys/net/ipv6/conf/default/disable_ipv6", "0");
    int genl = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
    int inside_fd = open(netns, O_RDONLY | O_CLOEXEC);
    if (setns(host, CLONE_NEWNET) < 0) die("setns");

    mkdir("/etc/netns", 0755);
    mkdir(etc, 0755);
    snprintf(from, sizeof from, "%s/resolv.conf", files);
    snprintf(path, sizeof path, "%s/resolv.conf", etc);
    copy_file(from, path);
    snprintf(from, sizeof from, "%s/nsswitch.conf", files);
    snprintf(path, sizeof path, "%s/nsswitch.conf", etc);
    copy_file(from, path);

    pid_t pid = 0;
    int outside = route_socket();
    if (!strcmp(engine, "kernel")) {
        create_wireguard(outside, inside_fd, name);
        configure_kernel(genl, name, uapi_file);
    } else {
        start_engine(engine, temporary);
        pid = configure(temporary, uapi_file);
        link = (struct ifinfomsg){.ifi_index = index_of(outside, temporary)};
        struct nlmsghdr *header = message(RTM_NEWLINK, 0, &link, sizeof link);
        attribute(header, IFLA_NET_NS_FD, &inside_fd, sizeof inside_fd);
        attribute(header, IFLA_IFNAME, name, strlen(name) + 1);
        send_batch(outside);
    }

    int index = index_of(inside, name), mtu = 1420;
    add_address(AF_INET, "10.77.0.2", index);
    add_address(AF_INET6, "fd77::2", index);
    link = (struct ifinfomsg){.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    attribute(message(RTM_NEWLINK, 0, &link, sizeof link), IFLA_MTU, &mtu, sizeof mtu);
    add_default_route(AF_INET, index);
    add_default_route(AF_INET6, index);
    send_batch(inside);

    char target[64], text[16];
    snprintf(path, sizeof path, "/var/run/wireguard/%s.sock", name);
    snprintf(target, sizeof target, "%s.sock", temporary);
    if (pid && symlink(target, path) < 0) die(path);
    snprintf(path, sizeof path, "/run/%s.minimal", name);
    snprintf(text, sizeof text, "%d", pid);
    write_file(path, text);
}

static void down(const char *name) {
    char path[160], text[16] = {0};
    snprintf(path, sizeof path, "/run/%s.minimal", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0) die(path);
    int pid = atoi(text), engine = pid ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
    if (!pid) {
        // The device goes before its netns, so that nobody has to wait for it later: that is what the others do too.
        snprintf(path, sizeof path, "/run/netns/%s", name);
        int netns = open(path, O_RDONLY | O_CLOEXEC);
        if (netns < 0 || setns(netns, CLONE_NEWNET) < 0) die(path);
        int inside = route_socket();
        struct ifinfomsg link = {.ifi_index = index_of(inside, name)};
        message(RTM_DELLINK, 0, &link, sizeof link);
        send_batch(inside);
        snprintf(path, sizeof path, "/run/%s.minimal", name);
    } else if (engine >= 0) {
        syscall(SYS_pidfd_send_signal, engine, SIGTERM, NULL, 0);
        poll(&(struct pollfd){engine, POLLIN, 0}, 1, 5000);
    }
    unlink(path);
    snprintf(path, sizeof path, "/var/run/wireguard/%s.sock", name);
    unlink(path);
    snprintf(path, sizeof path, "/etc/netns/%s/resolv.conf", name);
    unlink(path);
    snprintf(path, sizeof path, "/etc/netns/%s/nsswitch.conf", name);
    unlink(path);
    snprintf(path, sizeof path, "/etc/netns/%s", name);
    rmdir(path);
    snprintf(path, sizeof path, "/run/netns/%s", name);
    if (umount2(path, MNT_DETACH) < 0 || unlink(path) < 0) die(path);
}

int main(int argc, char **argv) {
    if (argc == 6 && !strcmp(argv[1], "up")) up(argv[2], argv[3], argv[4], argv[5]);
    else if (argc == 3 && !strcmp(argv[1], "down")) down(argv[2]);
    else return fprintf(stderr, "usage: minimal up NAME UAPI-FILE ETC ENGINE | minimal down NAME\n"), 2;
    return 0;
}
