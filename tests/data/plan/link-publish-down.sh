#!/bin/sh
# wgns plan for namespace vpn
set -eu

# delete link wg0
ip -n vpn link delete dev wg0

# set net/ipv4/conf/lan0/forwarding = 0 of the host
sysctl -q -w net/ipv4/conf/lan0/forwarding=0

# set net/ipv6/conf/lan0/force_forwarding = 0 of the host
sysctl -q -w net/ipv6/conf/lan0/force_forwarding=0

# delete host link wgh-vpn - host0
ip link delete dev wgh-vpn

# delete table inet wgns_0 of the host
nft delete table inet wgns_0

# remove /etc/netns/vpn/resolv.conf
rm -f /etc/netns/vpn/resolv.conf

# remove /etc/netns/vpn/nsswitch.conf
rm -f /etc/netns/vpn/nsswitch.conf

# remove directory /etc/netns/vpn
rmdir --ignore-fail-on-non-empty /etc/netns/vpn

# remove directory /etc/netns
rmdir --ignore-fail-on-non-empty /etc/netns

# delete namespace vpn
ip netns delete vpn
