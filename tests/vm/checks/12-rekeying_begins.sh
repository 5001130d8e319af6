# shellcheck shell=bash
# of several machines only: bookworm
# wgns's own engine and the kernel's keep up sessions for as long as the files after this one take; 91-rekeying judges them.
# Nothing shortens the kernel's REKEY_AFTER_TIME (120 s), and the gate has no minutes to wait.
#
#   netns "trickle", wgns's engine, port 41950    netns "far", the kernel's
#   10.65.1.2 ------ fd98::/64, psk ------------- k1 10.65.1.1     only wgns's side sends
#   fd65:2::2 ------ 10.98.0.0/24 --------------- k2 fd65:2::1     only the kernel's side sends
#   10.65.3.2 ------ fd98::/64, psk ------------- k3 10.65.3.1     pings, and their answers
# shellcheck source=tests/vm/guest/far.sh
. "$HERE/guest/far.sh"

setup() {
  mkdir -p "$WORK/trickle"
  new_key trickle
  (umask 077; wg genpsk >"$WORK/keys/trickled.key")
  make_far
  far_device k1 51901 10.65.1.1/24 -- peer "$(pub trickle)" preshared-key "$(key trickled)" allowed-ips 10.65.1.2/32
  far_device k2 51902 fd65:2::1/64 -- peer "$(pub trickle)" endpoint 10.98.0.1:41950 allowed-ips fd65:2::2/128
  far_device k3 51903 10.65.3.1/24 -- peer "$(pub trickle)" preshared-key "$(key trickled)" allowed-ips 10.65.3.2/32
  cat >"$WORK/trickle.toml" <<T
namespace_name = "trickle"
interfaceName = "trickle0"
ips = ["10.65.1.2/24", "fd65:2::2/64", "10.65.3.2/24"]
privateKeyFile = "$(key trickle)"
engine = "embedded"
listenPort = 41950
extraFirewallRules = "add rule inet wgns input udp dport 9 accept"

[[peers]]
publicKey = "$(pub k1)"
presharedKeyFile = "$(key trickled)"
endpoint = "[fd98::2]:51901"
allowedIPs = ["10.65.1.1/32"]

[[peers]]
publicKey = "$(pub k2)"
allowedIPs = ["fd65:2::1/128"]

[[peers]]
publicKey = "$(pub k3)"
presharedKeyFile = "$(key trickled)"
endpoint = "[fd98::2]:51903"
allowedIPs = ["10.65.3.1/32"]
T
  # A number a datagram, each also in the list of those that were sent; now and then what the device says of its handshakes.
  cat >"$WORK/trickle/send" <<'T'
exec 3<>"/dev/udp/$1/9" 4<> <(:)
n=0
while :; do
  echo "$((n += 1))" >&3
  echo "$n" >>"/var/checks/trickle/$2.sent"
  [[ $((n % 15)) -ne 0 ]] || wg show "$2" latest-handshakes >>"/var/checks/trickle/$2.handshakes"
  read -r -t 2 <&4
done
T
}

# within NETNS NAME COMMAND...: goes on after this check; $WORK/trickle/NAME.pid and NAME.out.
within() {
  setsid ip netns exec "$1" "${@:3}" >"$WORK/trickle/$2.out" 2>&1 </dev/null &
  echo $! >"$WORK/trickle/$2.pid"
}

check_datagrams_and_pings_begin_in_both_directions() {
  wgns up "$WORK/trickle.toml"
  within far receiver1 socat -u UDP4-RECV:9 "OPEN:$WORK/trickle/k1.received,creat,append"
  within trickle receiver2 socat -u UDP6-RECV:9,ipv6only=1 "OPEN:$WORK/trickle/k2.received,creat,append"
  eventually 10 listens far
  eventually 10 listens trickle
  within trickle sender1 bash "$WORK/trickle/send" 10.65.1.1 trickle0
  within far sender2 bash "$WORK/trickle/send" fd65:2::2 k2
  within trickle pings ping -n -i 2 -I 10.65.3.2 10.65.3.1
  eventually 30 test -s "$WORK/trickle/k1.received"
  eventually 30 test -s "$WORK/trickle/k2.received"
  eventually 30 grep -q 'bytes from 10.65.3.1' "$WORK/trickle/pings.out"
}
listens() { ip netns exec "$1" ss -Hlun | grep -q ':9 '; }
