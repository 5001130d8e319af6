# shellcheck shell=bash
# What checks are written with. Sourced inside the machine, under `set -eEuo pipefail`.
#
#   the host's netns                         netns "provider"
#   out0 10.99.0.1/24, fd99::1/64 ---------- prov0 10.99.0.2/24, fd99::2/64
#                                            pwg   10.64.0.1/24, fd64::1/64, kernel WireGuard, UDP port 51820
#                                            a web server on every address, port 80
#                                            an echo server on every address, port 7
#                                            a resolver on 10.64.0.1 and 10.64.0.53, who alone knows name.test

fail() { printf '%s\n' "$*"; trap - ERR; exit 1; }
skip() { printf '%s\n' "$*"; trap - ERR; exit 77; }

# equal WHAT WANTED GOT
equal() {
  [[ $2 == "$3" ]] && return
  printf -- '--- wanted\n%s\n--- got\n%s\n' "$2" "$3"
  diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") || true
  fail "$1 is not as wanted"
}

# contains WHAT TEXT WANTED
contains() { [[ $2 == *"$3"* ]] || { printf '%s\n' "$2"; fail "$1 does not say \"$3\""; }; }

# fails COMMAND...: `! COMMAND` does not end a shell under set -e, whatever comes of it.
fails() { if "$@"; then fail "this went well and should not have: $*"; fi; }

# nap SECONDS: sleep(1) without a program, whose start costs an emulated machine as much as the time that is to pass.
exec {never}<> <(:)
nap() { read -r -t "$1" -u "$never" || true; }

# eventually SECONDS COMMAND...: true as soon as the command is.
eventually() {
  local until=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [[ $SECONDS -lt $until ]] || fail "not within the time: $*"
    nap 0.2
  done
}

# hears_links FILE: from now on FILE gets what the host says of its links (`ip monitor link`), until heard_links.
hears_links() {
  ip monitor link >"$1" 2>&1 &
  hearer=$!
  eventually 10 is_told_of_links "$hearer"
}
# is_told_of_links PID: its netlink socket is in the group of links (1). ip(8) has another before, of the same id and of no group.
is_told_of_links() { grep -qE "^[^ ]+ +0 +$1 +[0-9a-f]{7}[13579bdf] " /proc/net/netlink; }

# heard_links FILE: ends that as soon as FILE has a link that is made for it: so it has all that was before, and an empty one fails.
heard_links() {
  ip link add heard0 type dummy
  ip link delete heard0
  eventually 10 grep -qw heard0 "$1"
  kill "$hearer"
}

provider() { ip netns exec provider "$@"; }

# new_key NAME: NAME.key and NAME.pub under $WORK/keys.
new_key() {
  mkdir -p "$WORK/keys"
  (umask 077; wg genkey >"$WORK/keys/$1.key")
  wg pubkey <"$WORK/keys/$1.key" >"$WORK/keys/$1.pub"
}
pub() { cat "$WORK/keys/$1.pub"; }
key() { printf '%s/keys/%s.key' "$WORK" "$1"; }

# make_provider: the picture above, with the client's key as its only peer. One that a file before left is put back to that,
# since making it takes the machine ten seconds: a file that changes more of it ends with drop_provider.
make_provider() {
  if [[ -e /run/netns/provider ]]; then
    restore_provider
    return
  fi
  new_key provider
  new_key client
  (umask 077; wg genpsk >"$WORK/keys/psk.key")
  ip netns add provider
  ip link add out0 type veth peer name prov0 netns provider
  ip address add 10.99.0.1/24 dev out0
  ip address add fd99::1/64 dev out0 nodad
  ip link set out0 up
  provider ip link set lo up
  provider ip address add 10.99.0.2/24 dev prov0
  provider ip address add fd99::2/64 dev prov0 nodad
  provider ip link set prov0 up
  provider ip link add pwg type wireguard
  provider wg set pwg private-key "$(key provider)" listen-port 51820 \
    peer "$(pub client)" preshared-key "$(key psk)" allowed-ips 10.64.0.2/32,fd64::2/128
  provider ip address add 10.64.0.1/24 dev pwg
  provider ip address add fd64::1/64 dev pwg nodad
  provider ip link set pwg up
  provider nft -D 'wire="prov0"' -f "$HERE/guest/watch.nft"
  mkdir -p "$WORK/www"
  echo "a page of the provider" >"$WORK/www/index.html"
  head -c 20000000 /dev/zero >"$WORK/www/long"
  provider busybox httpd -p "[::]:80" -h "$WORK/www"
  provider ip address add 10.64.0.53/32 dev pwg
  provider dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --local=/test/ --address=/name.test/10.64.0.77 --cache-size=0 \
    --listen-address=10.64.0.1,10.64.0.53 --bind-interfaces --user=root --pid-file=
  provider setsid socat TCP6-LISTEN:7,fork,reuseaddr,ipv6only=0 EXEC:/bin/cat >/dev/null 2>&1 </dev/null &
}

# restore_provider: its peers, its addresses, its links and its counters.
restore_provider() {
  local peer
  for peer in $(provider wg show pwg peers); do
    [[ $peer == "$(pub client)" ]] || provider wg set pwg peer "$peer" remove
  done
  provider wg set pwg peer "$(pub client)" preshared-key "$(key psk)" allowed-ips 10.64.0.2/32,fd64::2/128
  if [[ $(provider ip -4 -j address show dev prov0 | jq -r '[.[].addr_info[].local] | join(" ")') != 10.99.0.2 ]]; then
    provider ip -4 address flush dev prov0
    provider ip address add 10.99.0.2/24 dev prov0
  fi
  provider ip link set pwg up
  provider ip address replace fd64::1/64 dev pwg nodad
  provider nft reset counters >/dev/null
}

leaks() { provider nft -j list counter netdev watch leak | jq '.nftables[] | .counter? // empty | .packets'; }
tunnelled() { provider nft -j list counter netdev watch tunnel | jq '.nftables[] | .counter? // empty | .packets'; }

nothing_leaked() { equal "what came out beside the tunnel" 0 "$(leaks)"; }
# leaks_are_counted [ADDRESS]: the counter does see what goes out in the clear. Afterwards it has seen nothing.
leaks_are_counted() {
  ping -c 1 -W 5 "${1:-10.99.0.2}"
  [[ $(leaks) -gt 0 ]]
  provider nft reset counter netdev watch leak
}

# drop_provider: everything that make_provider made.
drop_provider() {
  local pid
  for pid in $(ip netns pids provider 2>/dev/null || true); do kill "$pid" || true; done
  ip link delete out0 2>/dev/null || true
  ip netns delete provider
}

# client_config NAME [LINES]: $WORK/NAME.toml, a client of the provider; LINES are more keys of the top level.
client_config() {
  cat >"$WORK/$1.toml" <<T
namespace_name = "$1"
interfaceName = "wg0"
ips = ["10.64.0.2/24", "fd64::2/64"]
privateKeyFile = "$(key client)"
dns_server = "10.64.0.1"
${2:-}

[[peers]]
publicKey = "$(pub provider)"
presharedKeyFile = "$(key psk)"
endpoint = "10.99.0.2:51820"
allowedIPs = ["0.0.0.0/0", "::/0"]
T
}

inside() { local name=$1; shift; ip netns exec "$name" "$@"; }

# links COMMAND...: the names of all links where the command runs what is put after it (inside vpn, in_service NAME).
links() { "$@" ip -j link | jq -r '[.[].ifname] | join(" ")'; }

# One field of `wg show NAME's wg0 dump`'s line about the provider, by wg(8)'s numbers: 3 endpoint, 5 handshake, 8 keepalive.
provider_field() { inside "$1" wg show wg0 dump | awk -F '\t' -v key="$(pub provider)" -v field="$2" '$1 == key { print $field }'; }

ifindex() { inside "$1" ip -j link show wg0 | jq '.[0].ifindex'; }

# Nothing of NAME is left, nor of an engine.
gone() {
  [[ ! -e /run/netns/$1 ]] || fail "/run/netns/$1 is left"
  [[ ! -e /run/wgns/$1.json ]] || fail "/run/wgns/$1.json is left"
  [[ ! -e /etc/netns/$1 ]] || fail "/etc/netns/$1 is left"
  fails pgrep -x wireguard-go
  local links
  links=$(ip -o link | grep -c wgns- || true)
  equal "the number of wgns- links in the host" 0 "$links"
}
