# shellcheck shell=bash
# wgns's own engine opposite the kernel's, on a wire of their own, so that no other file of checks disturbs them. Sourced after
# lib.sh.
#
#   the host's netns                                 netns "far"
#   far0 10.98.0.1/24, fd98::1/64 ------------------ near0 10.98.0.2/24, fd98::2/64
#   sockets of the engine                            the kernel's devices, whose handshake messages are counted

far() { ip netns exec far "$@"; }

make_far() {
  [[ ! -e /run/netns/far ]] || return 0
  ip netns add far
  ip link add far0 type veth peer name near0 netns far
  ip address add 10.98.0.1/24 dev far0
  ip address add fd98::1/64 dev far0 nodad
  ip link set far0 up
  far ip link set lo up
  far ip address add 10.98.0.2/24 dev near0
  far ip address add fd98::2/64 dev near0 nodad
  far ip link set near0 up
  far nft -f - <<'T'
table inet handshakes {
  chain in { type filter hook input priority 0; }
  chain out { type filter hook output priority 0; }
}
T
}

# far_device IFNAME PORT ADDRESS... [-- PEER...]: a device of the kernel's, with a key of its name.
far_device() {
  local ifname=$1 port=$2
  shift 2
  new_key "$ifname"
  far ip link add "$ifname" type wireguard
  while [[ $# -gt 0 && $1 != -- ]]; do
    far ip address add "$1" dev "$ifname" nodad
    shift
  done
  far wg set "$ifname" private-key "$(key "$ifname")" listen-port "$port" "${@:2}"
  far ip link set "$ifname" up
  count_handshakes "$port"
}

# The messages of a handshake have lengths that no message with data has, but for the cookie reply: 148, 92 and 64 bytes, and
# eight of UDP's.
count_handshakes() {
  local name
  for name in in out; do
    far nft -f - <<T
table inet handshakes {
  counter initiations_${name}_$1 { }
  counter responses_${name}_$1 { }
  counter cookies_${name}_$1 { }
}
T
  done
  far nft -f - <<T
add rule inet handshakes in udp dport $1 udp length 156 counter name "initiations_in_$1"
add rule inet handshakes in udp dport $1 udp length 100 counter name "responses_in_$1"
add rule inet handshakes in udp dport $1 udp length 72 @th,64,8 3 counter name "cookies_in_$1"
add rule inet handshakes out udp sport $1 udp length 156 counter name "initiations_out_$1"
add rule inet handshakes out udp sport $1 udp length 100 counter name "responses_out_$1"
add rule inet handshakes out udp sport $1 udp length 72 @th,64,8 3 counter name "cookies_out_$1"
T
}
counted() { far nft -j list counter inet handshakes "$1" | jq '.nftables[] | .counter? // empty | .packets'; }
has_counted() { [[ $(counted "$1") -ge $2 ]]; }

drop_far() {
  ip netns delete far
  ip link delete far0 2>/dev/null || true
}
