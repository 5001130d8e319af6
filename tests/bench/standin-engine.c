// A stand-in for a userspace WireGuard engine: it starts, makes a TUN and talks UAPI like wireguard-go, and moves no
// packet. The bench gives it to every contender, so that what is measured is theirs and not the engine's start.
//
//   standin-engine [-f] IFNAME
//
// Without -f it returns to its caller once it can be talked to, as wireguard-go does. It ends on SIGTERM or SIGINT,
// and when its device is gone. UAPI: https://www.wireguard.com/xplatform/
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { KEY_HEX = 64, MAX_CLIENTS = 16, LINE = 512 };

struct peer {
    char public_key[KEY_HEX + 1], preshared_key[KEY_HEX + 1], endpoint[128], keepalive[8];
    char (*allowed_ips)[64];
    size_t allowed_ip_count;
};

static char private_key[KEY_HEX + 1], listen_port[8] = "0", fwmark[16] = "0";
static struct peer *peers;
static size_t peer_count;

struct client {
    int fd; // -1: a free place
    FILE *out;
    size_t start, end; // what was read and not yet used, in buffer
    char buffer[16384];
};
static struct client clients[MAX_CLIENTS];

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void *grow(void *array, size_t count, size_t size) {
    // Doubling at every power of two, so that 5,000 peers are not 5,000 copies.
    if (count & (count - 1)) return array;
    void *larger = realloc(array, (count ? count * 2 : 1) * size);
    if (!larger) die("realloc");
    return larger;
}

static struct peer *find_peer(const char *key) {
    for (size_t i = 0; i < peer_count; i++)
        if (!strcmp(peers[i].public_key, key)) return &peers[i];
    return NULL;
}

static struct peer *add_peer(const char *key) {
    peers = grow(peers, peer_count, sizeof *peers);
    struct peer *peer = &peers[peer_count++];
    *peer = (struct peer){.keepalive = "0"};
    snprintf(peer->public_key, sizeof peer->public_key, "%s", key);
    return peer;
}

static void drop_peer(struct peer *peer) {
    free(peer->allowed_ips);
    memmove(peer, peer + 1, (size_t)(peers + --peer_count - peer) * sizeof *peer);
}

static void drop_peers(void) {
    while (peer_count) drop_peer(&peers[peer_count - 1]);
}

static void put(char *to, size_t size, const char *value) { snprintf(to, size, "%s", value); }

// False at the end of the stream and for a line that is longer than any UAPI line.
static bool read_line(struct client *client, char line[LINE]) {
    for (size_t length = 0; length < LINE;) {
        if (client->start == client->end) {
            ssize_t count = read(client->fd, client->buffer, sizeof client->buffer);
            if (count <= 0) return false;
            client->start = 0;
            client->end = (size_t)count;
        }
        line[length] = client->buffer[client->start++];
        if (line[length] == '\n') {
            line[length] = 0;
            return true;
        }
        length++;
    }
    return false;
}

// One set=1 request up to its empty line. Returns the errno to answer with.
static int apply(struct client *client) {
    char line[LINE];
    struct peer *peer = NULL;
    bool skip = false; // inside a peer that update_only or remove took away
    bool fresh = false;
    while (read_line(client, line)) {
        if (!*line) return 0;
        char *value = strchr(line, '=');
        if (!value) return EPROTO;
        *value++ = 0;
        if (!strcmp(line, "private_key")) put(private_key, sizeof private_key, value);
        else if (!strcmp(line, "listen_port")) put(listen_port, sizeof listen_port, value);
        else if (!strcmp(line, "fwmark")) put(fwmark, sizeof fwmark, *value ? value : "0");
        else if (!strcmp(line, "replace_peers")) drop_peers();
        else if (!strcmp(line, "public_key")) {
            if (strlen(value) != KEY_HEX) return EINVAL;
            skip = false;
            // Searched one by one, as there are few: the bench with thousands of peers uses a real engine.
            peer = find_peer(value);
            fresh = !peer;
            if (fresh) peer = add_peer(value);
        } else if (!peer && !skip) return EPROTO;
        else if (skip) continue;
        else if (!strcmp(line, "remove") || (!strcmp(line, "update_only") && fresh)) {
            drop_peer(peer);
            peer = NULL;
            skip = true;
        } else if (!strcmp(line, "preshared_key")) put(peer->preshared_key, sizeof peer->preshared_key, value);
        else if (!strcmp(line, "endpoint")) put(peer->endpoint, sizeof peer->endpoint, value);
        else if (!strcmp(line, "persistent_keepalive_interval")) put(peer->keepalive, sizeof peer->keepalive, value);
        else if (!strcmp(line, "replace_allowed_ips")) peer->allowed_ip_count = 0;
        else if (!strcmp(line, "allowed_ip")) {
            peer->allowed_ips = grow(peer->allowed_ips, peer->allowed_ip_count, sizeof *peer->allowed_ips);
            put(peer->allowed_ips[peer->allowed_ip_count++], sizeof *peer->allowed_ips, value);
        } else if (strcmp(line, "update_only") && strcmp(line, "protocol_version")) return EINVAL;
    }
    return EPIPE;
}

static void report(FILE *out) {
    if (*private_key) fprintf(out, "private_key=%s\n", private_key);
    fprintf(out, "listen_port=%s\n", listen_port);
    if (strcmp(fwmark, "0")) fprintf(out, "fwmark=%s\n", fwmark);
    for (size_t i = 0; i < peer_count; i++) {
        struct peer *peer = &peers[i];
        fprintf(out, "public_key=%s\n", peer->public_key);
        if (*peer->preshared_key) fprintf(out, "preshared_key=%s\n", peer->preshared_key);
        fprintf(out, "protocol_version=1\n");
        if (*peer->endpoint) fprintf(out, "endpoint=%s\n", peer->endpoint);
        fprintf(out, "last_handshake_time_sec=0\nlast_handshake_time_nsec=0\ntx_bytes=0\nrx_bytes=0\n");
        fprintf(out, "persistent_keepalive_interval=%s\n", peer->keepalive);
        for (size_t j = 0; j < peer->allowed_ip_count; j++) fprintf(out, "allowed_ip=%s\n", peer->allowed_ips[j]);
    }
}

static void forget(struct client *client) {
    fclose(client->out);
    client->fd = -1;
}

// Requests are answered one at a time: a client that stops half way makes the others wait, which no contender does.
static void serve(struct client *client) {
    do {
        char line[LINE];
        if (!read_line(client, line)) return forget(client);
        int error;
        if (!strcmp(line, "get=1")) {
            if (!read_line(client, line)) return forget(client);
            report(client->out);
            error = 0;
        } else if (!strcmp(line, "set=1")) error = apply(client);
        else error = EPROTO;
        fprintf(client->out, "errno=%d\n\n", -error);
        if (error || fflush(client->out)) return forget(client);
        // What has already been read would not wake poll again.
    } while (client->start < client->end);
}

static void admit(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) return;
    for (int i = 0; i < MAX_CLIENTS; i++) {
        if (clients[i].fd >= 0) continue;
        clients[i].fd = fd;
        clients[i].start = clients[i].end = 0;
        clients[i].out = fdopen(fd, "w");
        if (!clients[i].out) die("fdopen");
        return;
    }
    close(fd);
}

static int open_tun(const char *name) {
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd < 0) die("/dev/net/tun");
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR};
    memcpy(request.ifr_name, name, strlen(name));
    if (ioctl(fd, TUNSETIFF, &request) < 0) die("TUNSETIFF");
    return fd;
}

static int listen_at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    put(address.sun_path, sizeof address.sun_path, path);
    mkdir("/var/run/wireguard", 0755);
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t mask = umask(0077);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 16) < 0) die(path);
    umask(mask);
    return fd;
}

int main(int argc, char **argv) {
    bool foreground = false;
    const char *name = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-f") || !strcmp(argv[i], "--foreground")) foreground = true;
        else name = argv[i];
    }
    const char *asked = getenv("WG_PROCESS_FOREGROUND");
    foreground |= asked && !strcmp(asked, "1");
    if (!name || strlen(name) >= IFNAMSIZ) {
        fprintf(stderr, "usage: standin-engine [-f] IFNAME\n");
        return 2;
    }
    for (int i = 0; i < MAX_CLIENTS; i++) clients[i].fd = -1;
    signal(SIGPIPE, SIG_IGN);
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);

    char path[108];
    snprintf(path, sizeof path, "/var/run/wireguard/%s.sock", name);
    int tun = open_tun(name), listener = listen_at(path);
    if (!foreground) {
        // SO_PEERCRED tells who called listen(2) last, which is how the C contender finds the engine to end it.
        int ready[2];
        char byte = 0;
        if (pipe(ready) < 0) die("pipe");
        pid_t child = fork();
        if (child < 0) die("fork");
        if (child) _exit(read(ready[0], &byte, 1) == 1 ? 0 : 1);
        setsid();
        if (listen(listener, 16) < 0 || write(ready[1], &byte, 1) != 1) die("listen");
        close(ready[0]);
        close(ready[1]);
        int null = open("/dev/null", O_RDWR);
        for (int fd = 0; fd < 3; fd++) dup2(null, fd);
        close(null);
    }
    int signals = signalfd(-1, &ends, SFD_CLOEXEC);
    if (signals < 0) die("signalfd");

    for (;;) {
        struct pollfd fds[3 + MAX_CLIENTS] = {{signals, POLLIN, 0}, {listener, POLLIN, 0}, {tun, POLLIN, 0}};
        for (int i = 0; i < MAX_CLIENTS; i++) fds[3 + i] = (struct pollfd){clients[i].fd, POLLIN, 0};
        if (poll(fds, 3 + MAX_CLIENTS, -1) < 0) die("poll");
        if (fds[0].revents) break;
        if (fds[2].revents) {
            char packet[65536];
            // EBADFD: the device was deleted, with its netns for instance.
            if (read(tun, packet, sizeof packet) < 0 && errno != EAGAIN && errno != EIO) break;
            if (fds[2].revents & POLLERR && !(fds[2].revents & POLLIN)) break;
        }
        for (int i = 0; i < MAX_CLIENTS; i++)
            if (fds[3 + i].revents && clients[i].fd >= 0) serve(&clients[i]);
        if (fds[1].revents) admit(listener);
    }
    unlink(path);
    return 0;
}
