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

# start wireguard-go for wg0
/usr/bin/wireguard-go wgns-0000abcd

# link /var/run/wireguard/wg0.sock
[ -e /var/run/wireguard/wg0.sock ] || [ -L /var/run/wireguard/wg0.sock ] || ln -s /var/run/wireguard/wgns-0000abcd.sock /var/run/wireguard/wg0.sock

# configure wg0 (4 peers)
wg set wgns-0000abcd private-key /keys/wg0 listen-port 51820 fwmark 7
wg set wgns-0000abcd peer dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z/0Me0= preshared-key '/keys/it'\''s.psk' endpoint 192.0.2.1:51820 persistent-keepalive 25 allowed-ips 0.0.0.0/0,::/0
# vpn.example.com:51820 was looked up outside the namespace
# the preshared key of P8TM/nRYcOLA2Z9x8w/wZWyN7dQcwdfT03aw2+aF4vM= stands in the configuration: put it into this file first
wg set wgns-0000abcd peer P8TM/nRYcOLA2Z9x8w/wZWyN7dQcwdfT03aw2+aF4vM= preshared-key /root/wgns-preshared-key-P8TMnRYc endpoint '[2001:db8::1]:51820' allowed-ips 10.9.0.0/16
# nowhere.example:1 could not be looked up when this was printed
wg set wgns-0000abcd peer i1udsME9skJWyCmqNkqpDG0uujGLkjKkq5MTuVTTVV8= endpoint "$(getent ahosts nowhere.example | awk '{ print ($1 ~ /:/) ? "[" $1 "]" : $1; exit }'):1" persistent-keepalive 25 allowed-ips 10.8.0.0/16
wg set wgns-0000abcd peer BO+vCA9aPnThwp0cpqSFaTgsu80yTo1Z0rg+8hwDnwA= persistent-keepalive 25 allowed-ips ''

# move wgns-0000abcd in as wg0
ip link set dev wgns-0000abcd netns vpn name wg0

# set MTU of wg0 to 1420
ip -n vpn link set dev wg0 mtu 1420

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
