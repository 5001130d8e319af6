// The kernel's WireGuard for minimal.c: a device born in its netns, and one peer set by generic netlink.
#pragma once
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/wireguard.h>

static struct rtattr *nest(struct nlmsghdr *header, int type) {
    struct rtattr *start = (struct rtattr *)((char *)header + NLMSG_ALIGN(header->nlmsg_len));
    attribute(header, type | NLA_F_NESTED, NULL, 0);
    return start;
}

static void end_nest(struct nlmsghdr *header, struct rtattr *start) {
    start->rta_len = (unsigned short)((char *)header + NLMSG_ALIGN(header->nlmsg_len) - (char *)start);
}

static void create_wireguard(int outside, int netns, const char *name) {
    struct ifinfomsg link = {0};
    struct nlmsghdr *header = message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
    attribute(header, IFLA_IFNAME, name, strlen(name) + 1);
    attribute(header, IFLA_NET_NS_FD, &netns, sizeof netns);
    struct rtattr *info = nest(header, IFLA_LINKINFO);
    attribute(header, IFLA_INFO_KIND, "wireguard", sizeof "wireguard");
    end_nest(header, info);
    send_batch(outside);
}

static int family_of_wireguard(int fd) {
    struct genlmsghdr body = {.cmd = CTRL_CMD_GETFAMILY, .version = 1};
    struct nlmsghdr *header = message(GENL_ID_CTRL, 0, &body, sizeof body);
    attribute(header, CTRL_ATTR_FAMILY_NAME, "wireguard", sizeof "wireguard");
    header->nlmsg_flags = NLM_F_REQUEST;
    if (send(fd, batch, batch_size, 0) < 0) die("genl send");
    batch_size = 0;
    batch_messages = 0;
    char answer[4096];
    ssize_t size = recv(fd, answer, sizeof answer, 0);
    struct nlmsghdr *got = (struct nlmsghdr *)answer;
    if (size < 0 || got->nlmsg_type != GENL_ID_CTRL) die("no WireGuard in this kernel");
    struct rtattr *attr = (struct rtattr *)((char *)NLMSG_DATA(got) + GENL_HDRLEN);
    int length = (int)got->nlmsg_len - (int)NLMSG_LENGTH(GENL_HDRLEN);
    for (; RTA_OK(attr, length); attr = RTA_NEXT(attr, length))
        if (attr->rta_type == CTRL_ATTR_FAMILY_ID) return *(unsigned short *)RTA_DATA(attr);
    die("no family id");
    return -1;
}

static void allowed(struct nlmsghdr *header, unsigned short family) {
    static const unsigned char zero[16];
    unsigned char none = 0;
    struct rtattr *ip = nest(header, 0);
    attribute(header, WGALLOWEDIP_A_FAMILY, &family, sizeof family);
    attribute(header, WGALLOWEDIP_A_IPADDR, zero, family == AF_INET ? 4 : 16);
    attribute(header, WGALLOWEDIP_A_CIDR_MASK, &none, sizeof none);
    end_nest(header, ip);
}

static unsigned char digit(char c) { return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10); }

// The keys are read from the ready UAPI request: "private_key=" and "public_key=", in hexadecimal.
static void key_of(const char *request, const char *what, unsigned char key[32]) {
    const char *hex = strstr(request, what);
    if (!hex) die(what);
    hex += strlen(what);
    for (int i = 0; i < 32; i++) key[i] = (unsigned char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
}

// Both families: everything to 127.0.0.1:51820, as tests/bench/run.sh's configuration has it.
static void configure_kernel(int genl, const char *name, const char *uapi_file) {
    char request[4096] = {0};
    int file = open(uapi_file, O_RDONLY | O_CLOEXEC);
    if (file < 0 || read(file, request, sizeof request - 1) <= 0) die(uapi_file);
    close(file);
    unsigned char private_key[32], public_key[32];
    key_of(request, "private_key=", private_key);
    key_of(request, "public_key=", public_key);

    int family = family_of_wireguard(genl);
    struct genlmsghdr body = {.cmd = WG_CMD_SET_DEVICE, .version = WG_GENL_VERSION};
    struct nlmsghdr *header = message(family, 0, &body, sizeof body);
    attribute(header, WGDEVICE_A_IFNAME, name, strlen(name) + 1);
    attribute(header, WGDEVICE_A_PRIVATE_KEY, private_key, sizeof private_key);
    unsigned replace = WGDEVICE_F_REPLACE_PEERS;
    attribute(header, WGDEVICE_A_FLAGS, &replace, sizeof replace);
    struct rtattr *peers = nest(header, WGDEVICE_A_PEERS), *peer = nest(header, 0);
    attribute(header, WGPEER_A_PUBLIC_KEY, public_key, sizeof public_key);
    struct sockaddr_in endpoint = {.sin_family = AF_INET, .sin_port = htons(51820), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    attribute(header, WGPEER_A_ENDPOINT, &endpoint, sizeof endpoint);
    struct rtattr *ips = nest(header, WGPEER_A_ALLOWEDIPS);
    allowed(header, AF_INET);
    allowed(header, AF_INET6);
    end_nest(header, ips);
    end_nest(header, peer);
    end_nest(header, peers);
    send_batch(genl);
}
