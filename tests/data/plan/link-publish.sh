#!/bin/sh
# wgns plan for namespace vpn
set -eu

# create namespace vpn
ip netns add vpn

# bring up lo
ip -n vpn link set lo up

# set net/ipv4/ip_forward to 0
ip netns exec vpn sysctl -q -w net/ipv4/ip_forward=0

# set net/ipv6/conf/all/forwarding to 0
ip netns exec vpn sysctl -q -w net/ipv6/conf/all/forwarding=0

# load firewall rules
ip netns exec vpn nft -f - <<'EOF'
flush ruleset
table inet wgns { }
EOF

# create directory /etc/netns
mkdir -m 755 /etc/netns

# create directory /etc/netns/vpn
mkdir -m 755 /etc/netns/vpn

# write /etc/netns/vpn/resolv.conf
cat > /etc/netns/vpn/resolv.conf <<'EOF'
nameserver 10.0.0.1
EOF
chmod 644 /etc/netns/vpn/resolv.conf

# write /etc/netns/vpn/nsswitch.conf
cat > /etc/netns/vpn/nsswitch.conf <<'EOF'
hosts: files dns
EOF
chmod 644 /etc/netns/vpn/nsswitch.conf

# create link wg0 (kernel WireGuard)
ip link add name wg0 mtu 1420 netns vpn type wireguard

# configure wg0 (1 peer)
ip netns exec vpn wg set wg0 private-key /keys/wg0 listen-port 51820 fwmark 7
ip netns exec vpn wg set wg0 peer dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z/0Me0= endpoint 192.0.2.1:51820 persistent-keepalive 25 allowed-ips 0.0.0.0/0,::/0

# add address 10.0.0.2/32 to wg0
ip -n vpn address replace 10.0.0.2/32 dev wg0

# add address fd00::2/128 to wg0
ip -n vpn address replace fd00::2/128 dev wg0 nodad

# bring up wg0
ip -n vpn link set dev wg0 up

# add route 0.0.0.0/0 by wg0
ip -n vpn route replace 0.0.0.0/0 dev wg0

# add route ::/0 by wg0
ip -n vpn route replace ::/0 dev wg0

# load firewall rules of the host link (table inet wgns_0 of the host)
nft -f - <<'EOF'
table inet wgns_0
delete table inet wgns_0
table inet wgns_0 {
        iifname { "lan0" } meta nfproto ipv4 oifname != "wgh-*" counter drop comment "not forwarded before wgns"
        iifname { "lan0" } meta nfproto ipv4 ct status & dnat == 0 counter drop comment "not forwarded before wgns"
        iifname { "lan0" } meta nfproto ipv6 oifname != "wgh-*" counter drop comment "not forwarded before wgns"
        iifname { "lan0" } meta nfproto ipv6 ct status & dnat == 0 counter drop comment "not forwarded before wgns"
}
EOF

# create host link wgh-vpn - host0
ip link add name wgh-vpn type veth peer name host0 netns vpn
sysctl -e -q -w net/ipv6/conf/wgh-vpn/addr_gen_mode=1
sysctl -e -q -w net/ipv6/conf/wgh-vpn/accept_ra=0
sysctl -e -q -w net/ipv6/conf/wgh-vpn/disable_ipv6=1
sysctl -e -q -w net/ipv6/conf/wgh-vpn/forwarding=0
sysctl -e -q -w net/ipv4/conf/wgh-vpn/forwarding=0
sysctl -e -q -w net/ipv4/conf/wgh-vpn/rp_filter=1
sysctl -e -q -w net/ipv4/conf/wgh-vpn/arp_ignore=1
ip address add 10.9.0.1/30 dev wgh-vpn
ip link set dev wgh-vpn up
ip netns exec vpn sysctl -e -q -w net/ipv6/conf/host0/addr_gen_mode=1
ip netns exec vpn sysctl -e -q -w net/ipv6/conf/host0/accept_ra=0
ip netns exec vpn sysctl -e -q -w net/ipv6/conf/host0/disable_ipv6=1
ip netns exec vpn sysctl -e -q -w net/ipv6/conf/host0/forwarding=0
ip netns exec vpn sysctl -e -q -w net/ipv4/conf/host0/forwarding=0
ip netns exec vpn sysctl -e -q -w net/ipv4/conf/host0/rp_filter=1
ip netns exec vpn sysctl -e -q -w net/ipv4/conf/host0/arp_ignore=1
ip -n vpn address add 10.9.0.2/30 dev host0
ip -n vpn link set dev host0 up

# set net/ipv4/conf/lan0/forwarding = 1 of the host
sysctl -q -w net/ipv4/conf/lan0/forwarding=1

# set net/ipv6/conf/lan0/force_forwarding = 1 of the host
sysctl -q -w net/ipv6/conf/lan0/force_forwarding=1

# set net/ipv4/conf/wgh-vpn/forwarding = 1 of the host
sysctl -q -w net/ipv4/conf/wgh-vpn/forwarding=1

# set net/ipv6/conf/wgh-vpn/force_forwarding = 1 of the host
sysctl -q -w net/ipv6/conf/wgh-vpn/force_forwarding=1
