# shellcheck shell=bash
# of several machines only: bookworm
# wgns's own engine against the kernel's: cookies under load, either side on the move, every size up to the MTU and beyond,
# nothing but keepalives. Renewals take minutes: 12-rekeying_begins and 91-rekeying.
# shellcheck source=tests/vm/guest/far.sh
. "$HERE/guest/far.sh"

setup() {
  mkdir -p "$WORK/interop"
  new_key own
  (umask 077; wg genpsk >"$WORK/keys/shared.key")
  make_far
  far_device i0 51910 10.66.0.1/24 fd66::1/64
  the_kernel_knows_us
  cat >"$WORK/own.toml" <<T
namespace_name = "own"
interfaceName = "own0"
ips = ["10.66.0.2/24", "fd66::2/64"]
privateKeyFile = "$(key own)"
engine = "embedded"
listenPort = 41960
mtu = 1420

[[peers]]
publicKey = "$(pub i0)"
presharedKeyFile = "$(key shared)"
endpoint = "[fd98::2]:51910"
allowedIPs = ["10.66.0.0/24", "fd66::/64"]
T
  # Those that are not for who floods.
  far nft -f - <<'T'
table inet handshakes {
  counter cookies_to_own { }
  counter cookies_of_own { }
}
add rule inet handshakes out udp sport 51910 udp dport 41960 udp length 72 @th,64,8 3 counter name "cookies_to_own"
add rule inet handshakes in udp sport 41960 udp dport 51910 udp length 72 @th,64,8 3 counter name "cookies_of_own"
T
}

# the_kernel_knows_us [SETTING...]: as if it had never heard of us.
the_kernel_knows_us() {
  far wg set i0 peer "$(pub own)" remove
  far wg set i0 peer "$(pub own)" preshared-key "$(key shared)" allowed-ips 10.66.0.2/32,fd66::2/128 "$@"
}
handshake_of_the_kernel() { far wg show i0 latest-handshakes | cut -f 2; }

# message PUBLICKEY: an initiation of nobody's that is right up to its first mac, so that who gets it has to work.
message() {
  local mac_key
  mac_key=$({ printf 'mac1----'; base64 -d <<<"$1"; } | openssl dgst -blake2s256 -r | cut -d' ' -f1)
  { printf '\1\0\0\0'; head -c 112 /dev/urandom; } >"$WORK/interop/body"
  cat "$WORK/interop/body"
  openssl mac -binary -macopt "hexkey:$mac_key" -macopt size:16 -in "$WORK/interop/body" BLAKE2SMAC
  head -c 16 /dev/zero
}

# flood_begins PORT PUBLICKEY SENDERS [PREFIX...]: bursts of 800 from each, fewer than find room (the
# kernel's queue has 4096 places, ours 1024), so that a peer's own does, and more than is load (an eighth), which lasts a second.
# The machine has one processor: the more senders, the less of it is left to who answers.
flood_begins() {
  local i
  message "$2" >"$WORK/interop/message"
  equal "bytes of an initiation" 148 "$(wc -c <"$WORK/interop/message")"
  for ((i = 0; i < 800; i++)); do echo "$WORK/interop/message"; done | xargs cat >"$WORK/interop/burst"
  # shellcheck disable=SC2016 # that shell's
  setsid "${@:4}" bash -c 'exec 4<> <(:)
while :; do
  for ((i = 0; i < $2; i++)); do socat -u -b 148 "OPEN:$0" "UDP4:127.0.0.1:$1" & done
  wait
  read -r -t 0.8 <&4
done' "$WORK/interop/burst" "$1" "$3" >/dev/null 2>&1 </dev/null &
  echo $! >"$WORK/interop/flood.pid"
}
flood_ends() { kill -- "-$(cat "$WORK/interop/flood.pid")"; }

# shake_hands_until COUNTER FORGET NETNS ADDRESS: each time anew, until one went by a cookie.
shake_hands_until() {
  local attempt
  for ((attempt = 0; attempt < 8; attempt++)); do
    "$2"
    answered "$3" "$4"
    [[ $(counted "$1") -eq 0 ]] || return 0
  done
  fail "no handshake of $attempt went by a cookie"
}

# answered NETNS ADDRESS: pings until there is an answer, as a handshake may take attempts of five seconds each.
answered() {
  setsid ip netns exec "$1" ping -n "$2" >"$WORK/interop/pings" 2>&1 </dev/null &
  local ping=$!
  eventually 100 grep -q 'bytes from' "$WORK/interop/pings"
  kill -- "-$ping"
}

check_a_kernel_under_load_asks_the_engine_for_a_cookie_and_gets_it() {
  wgns up "$WORK/own.toml"
  equal "handshakes before any packet" 0 "$(handshake_of_the_kernel)"
  flood_begins 51910 "$(pub i0)" 2 ip netns exec far
  eventually 20 has_counted cookies_out_51910 100
  shake_hands_until cookies_to_own the_engine_forgets_the_kernel own 10.66.0.1
  flood_ends
  [[ $(handshake_of_the_kernel) -gt 0 ]]
}
the_engine_forgets_the_kernel() {
  wg set own0 peer "$(pub i0)" remove
  wg set own0 peer "$(pub i0)" preshared-key "$(key shared)" endpoint "[fd98::2]:51910" allowed-ips 10.66.0.0/24,fd66::/64
}

check_the_engine_under_load_asks_the_kernel_for_a_cookie_and_gets_it() {
  flood_begins 41960 "$(pub own)" 1
  nap 1
  shake_hands_until cookies_of_own the_kernel_forgets_the_engine far 10.66.0.2
  flood_ends
  [[ $(handshake_of_the_kernel) -gt 0 ]]
}
the_kernel_forgets_the_engine() { the_kernel_knows_us endpoint "[fd98::1]:41960"; }

check_either_follows_the_other_to_another_port_and_another_version_of_IP() {
  far wg set i0 listen-port 51911 peer "$(pub own)" endpoint 10.98.0.1:41960
  far ping -n -c 1 -W 5 10.66.0.2
  equal "where the engine sees the kernel" 10.98.0.2:51911 "$(wg show own0 endpoints | cut -f 2)"
  wg set own0 listen-port 41961 peer "$(pub i0)" endpoint "[fd98::2]:51911"
  inside own ping -n -c 1 -W 5 fd66::1
  equal "where the kernel sees the engine" "[fd98::1]:41961" "$(far wg show i0 endpoints | cut -f 2)"
  far wg set i0 listen-port 51910
  far ping -n -c 1 -W 5 10.66.0.2
}

check_every_size_up_to_the_mtu_and_beyond_arrives() {
  local size
  for size in 0 1 15 16 17 1375 1376 1391 1392; do
    inside own ping -n -q -c 1 -W 5 -M "do" -s "$size" 10.66.0.1
    far ping -n -q -c 1 -W 5 -M "do" -s "$size" 10.66.0.2
  done
  for size in 1371 1372; do
    inside own ping -n -q -c 1 -W 5 -M "do" -s "$size" fd66::1
    far ping -n -q -c 1 -W 5 -M "do" -s "$size" fd66::2
  done
  fails inside own ping -n -q -c 1 -W 1 -M "do" -s 1393 10.66.0.1
  for size in 1393 9000; do
    inside own ping -n -q -c 1 -W 5 -M dont -s "$size" 10.66.0.1
    inside own ping -n -q -c 1 -W 5 -s "$size" fd66::1
  done
}

check_keepalives_alone_make_and_keep_a_session_by_either_side() {
  local before
  wgns down own
  the_kernel_knows_us
  sed -i 's/^allowedIPs = .*/&\npersistentKeepalive = 1/' "$WORK/own.toml"
  wgns up "$WORK/own.toml"
  eventually 20 has_shaken_hands
  before=$(received_of_the_kernel)
  eventually 20 has_received_of_the_kernel $((before + 96))
  wgns down own
  sed -i '/^persistentKeepalive/d' "$WORK/own.toml"
  wgns up "$WORK/own.toml"
  equal "handshakes before any packet" 0 "$(wg show own0 latest-handshakes | cut -f 2)"
  the_kernel_knows_us endpoint 10.98.0.1:41960 persistent-keepalive 1
  # 148 bytes are the initiation.
  eventually 20 has_received_of_the_engine $((148 + 96))
  [[ $(wg show own0 latest-handshakes | cut -f 2) -gt 0 ]]
}
has_shaken_hands() { [[ $(handshake_of_the_kernel) -gt 0 ]]; }
received_of_the_kernel() { far wg show i0 transfer | cut -f 2; }
has_received_of_the_kernel() { [[ $(received_of_the_kernel) -ge $1 ]]; }
has_received_of_the_engine() { [[ $(wg show own0 transfer | cut -f 2) -ge $1 ]]; }

teardown() {
  flood_ends 2>/dev/null || true
  wgns down own
  far ip link delete i0
  [[ -e /run/netns/trickle ]] || drop_far
}
