#!/bin/sh
# What `wgns up` and `wgns down` do, as a person with ip, wg and nft writes it (see tests/bench/run.sh, which measures it).
#   byhand.sh up NAME WG-CONF RULESET ETC ENGINE     byhand.sh down NAME
set -e
verb=$1 name=$2

if [ "$verb" = up ]; then
  conf=$3 ruleset=$4 etc=$5 engine=$6
  ip netns add "$name"
  ip -n "$name" link set lo up
  ip netns exec "$name" sysctl -q -w "net.ipv4.ping_group_range=0 2147483647" net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.disable_ipv6=0 net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
  ip netns exec "$name" nft -f "$ruleset"
  mkdir -p "/etc/netns/$name"
  cp "$etc/resolv.conf" "$etc/nsswitch.conf" "/etc/netns/$name/"
  if [ "$engine" = kernel ]; then ip link add "$name-t" type wireguard; else "$engine" "$name-t"; fi
  wg setconf "$name-t" "$conf"
  ip link set "$name-t" netns "$name" name "$name"
  [ "$engine" = kernel ] || ln -s "$name-t.sock" "/var/run/wireguard/$name.sock"
  ip -n "$name" address add 10.77.0.2/32 dev "$name"
  ip -n "$name" address add fd77::2/128 dev "$name"
  ip -n "$name" link set "$name" mtu 1420 up
  ip -n "$name" route add default dev "$name"
  ip -n "$name" -6 route add default dev "$name"
else
  # Without its device the engine ends.
  ip -n "$name" link del "$name"
  rm -f "/var/run/wireguard/$name.sock"
  ip netns del "$name"
  rm -r "/etc/netns/$name"
fi
