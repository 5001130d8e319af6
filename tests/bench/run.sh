#!/usr/bin/env bash
# Measures wgns against what else does the same on this machine, in one run, and prints one table of ratios.
#   [ROUNDS=50] [NAMESPACES=300] [PEERS=5000] [WGNS=out/wgns] tests/bench/run.sh      (as root; `make bench` does all)
# A benchmark and never a test: a missed target is printed, and the exit status is 0 unless something could not run.
#
# Where the kernel has WireGuard, everybody uses that. Elsewhere the engine is taken out for everybody in the same way:
# wgns, the shell script and the C program all start standin-engine, which makes a TUN and answers UAPI and nothing
# else. ENGINE=stand-in does so in any case. The 5,000 peers go to a real wireguard-go.
# /run is a tmpfs of the bench's own, as it is wherever systemd runs.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/bench/common.sh
. tests/bench/common.sh || exit 1

rounds=${ROUNDS:-50} namespaces=${NAMESPACES:-300} peers=${PEERS:-5000}
bin=$PWD/out/bench
bench=$PWD/tests/bench
work='' rows='' broken=0

if [[ -z ${WGNS_BENCH_MOUNTS:-} ]]; then
  WGNS_BENCH_MOUNTS=own exec unshare -m --propagation private "$0" "$@"
fi
mkdir -p /run /var/run
# What is swept below is swept there, and not in the machine's.
mount -t tmpfs -o mode=755 tmpfs /run || fail "the bench has no /run of its own"
# Debian's /var/run is a link to /run; elsewhere it may be a directory.
mkdir -p /run/lock /var/run/wireguard

engine=wireguard-go contender=$bin/standin-engine with="the stand-in engine"
if [[ ${ENGINE:-} != stand-in ]] && ip link add wgb-probe type wireguard 2>/dev/null; then
  ip link del wgb-probe
  engine=kernel contender=kernel with="the kernel's WireGuard"
fi

needs out/bench/{timer,minimal,nothing,peers,standin-engine}

# Everything the bench makes is named wgb or wgb-N, and its engines are run from files in out/bench: that is how
# what is left of an interrupted run is found, and nothing else is touched.
engines() {
  local link
  for link in /proc/[0-9]*/exe; do
    case $(readlink "$link" 2>/dev/null) in
      "$bin/standin-engine" | "$bin/wireguard-go") link=${link#/proc/}; printf '%s\n' "${link%/exe}" ;;
    esac
  done
}

sweep() {
  local name path pid
  for path in /run/wgns/wgb.json /run/wgns/wgb-*.json; do
    [[ -e $path ]] || continue
    name=${path##*/}
    timeout 20 "$wgns" down --force "${name%.json}" >/dev/null 2>&1
  done
  for pid in $(engines); do kill "$pid" 2>/dev/null; done
  for path in /run/netns/wgb /run/netns/wgb-*; do
    [[ ! -e $path ]] || ip netns del "${path##*/}" 2>/dev/null || rm -f "$path"
  done
  rm -rf /etc/netns/wgb /etc/netns/wgb-*
  rm -f /run/wgb.minimal /run/wgb-*.minimal /var/run/wireguard/wgb.sock /var/run/wireguard/wgb-*.sock
}

# shellcheck disable=SC2317 # called by the trap
finish() {
  trap '' INT TERM
  sweep
  [[ -z $work ]] || rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

sweep
work=$(mktemp -d /tmp/wgns-bench.XXXXXX)
rows=$work/rows
: >"$rows"

row() { local IFS=$'\t'; printf '%s\n' "$*" >>"$rows"; }

# time_them OUTPUT GROUP WHAT TIMER-ARGUMENTS...: false, and a row that says why, where something failed
time_them() {
  local output=$1 group=$2 what=$3 why; shift 3
  note "$group: $what"
  : >"$work/stderr"
  "$bin/timer" -e "$work/stderr" "$@" >"$output" 2>"$work/timer" && return
  [[ $? -lt 128 ]] || exit 130
  # The row has room for the last line, which need not be the one that says why.
  tail -n 20 "$work/stderr" | sed 's/^/bench:   /' >&2
  why="$(tail -n 1 "$work/timer")$(tail -n 1 "$work/stderr" | sed 's/^/: /')"
  row "$group" "$what" - - - failed "${why//$'\t'/ }"
  broken=1
  sweep
  return 1
}

# The median of contender NAME in OUTPUT: the sum (2) or one step (3, 4, ...)
of() { awk -F '\t' -v name="$2" -v column="${3:-2}" '$1 == name { print $column }' "$1"; }

hex() { base64 -d <<<"$1" | od -An -v -tx1 | tr -d ' \n'; }

write_configurations() {
  local private public
  umask 077
  private=$(wg genkey)
  public=$(wg genkey | wg pubkey)
  printf '%s\n' "$private" >"$work/private.key"
  # config NAME, with interface wgb where all contenders use it one after another
  config() {
    printf 'namespace_name = "%s"\ninterfaceName = "%s"\nengine = "%s"\n' "$1" "$1" "${2:-$engine}"
    printf 'privateKeyFile = "%s"\nips = ["10.77.0.2/32", "fd77::2/128"]\nmtu = 1420\n' "$work/private.key"
    printf 'dns_server = "10.77.0.1"\n'
  }
  peer() {
    printf '\n[[peers]]\npublicKey = "%s"\nendpoint = "127.0.0.1:51820"\n' "$public"
    printf 'allowedIPs = ["0.0.0.0/0", "::/0"]\n'
  }
  local i
  { config wgb; peer; } >"$work/wgb.toml"
  for ((i = 1; i <= namespaces; i++)); do { config "wgb-$i"; peer; } >"$work/wgb-$i.toml"; done

  printf '[Interface]\nPrivateKey = %s\n' "$private" | tee "$work/peers.conf" >"$work/wg.conf"
  printf '[Peer]\nPublicKey = %s\nEndpoint = 127.0.0.1:51820\nAllowedIPs = 0.0.0.0/0, ::/0\n' "$public" >>"$work/wg.conf"
  { printf 'set=1\nprivate_key=%s\nreplace_peers=true\n' "$(hex "$private")"
    printf 'public_key=%s\nendpoint=127.0.0.1:51820\n' "$(hex "$public")"
    printf 'replace_allowed_ips=true\nallowed_ip=0.0.0.0/0\nallowed_ip=::/0\n\n'; } >"$work/uapi"

  # Without routes: 5,000 of them would be measured, and not the peers.
  { config wgb wireguard-go; printf 'allowedIPsAsRoutes = false\n'; } >"$work/peers.toml"
  "$bin/peers" "$peers" "$work/peers.toml" "$work/peers.conf"
}

# What stands after an `up`, without the parts that differ by chance.
state() {
  ip -n wgb -br addr | sed 's/fe80:[^ ]*//'
  ip -n wgb link show wgb | grep -o 'mtu [0-9]*'
  ip -n wgb -4 route show table all | sed 's/ proto [a-z]*//'
  ip -n wgb -6 route show table all | grep -v fe80 | sed 's/ proto [a-z]*//'
  ip netns exec wgb nft -s list ruleset
  ip netns exec wgb sysctl net.ipv4.ping_group_range net.ipv6.conf.{default,wgb}.{accept_ra,disable_ipv6}
  head -n 50 /etc/netns/wgb/*
  if [[ $engine == kernel ]]; then ip netns exec wgb wg show wgb dump; else wg show wgb dump; fi
}

byhand=("$bench/byhand.sh" up wgb "$work/wg.conf" "$work/rules" "$work/etc" "$contender")
minimal=("$bin/minimal" up wgb "$work/uapi" "$work/etc" "$contender")

# The others get the ruleset and the DNS files that wgns made; then it is checked that all three leave the same.
take_over() {
  "$wgns" up "$work/wgb.toml" >"$work/stderr" 2>&1 || return
  state >"$work/state.wgns"
  { printf 'flush ruleset\n'; ip netns exec wgb nft -s list ruleset; } >"$work/rules"
  mkdir -p "$work/etc"
  cp /etc/netns/wgb/* "$work/etc/"
  "$wgns" down wgb >"$work/stderr" 2>&1 || return
  "${byhand[@]}" && state >"$work/state.script" && "$bench/byhand.sh" down wgb
  "${minimal[@]}" && nsenter --net=/run/netns/wgb nft -f "$work/rules" && state >"$work/state.c" && "$bin/minimal" down wgb
  local other
  for other in script c; do
    cmp -s "$work/state.wgns" "$work/state.$other" || {
      note "the namespace that the $other contender leaves is not the one wgns leaves, so the comparison is not exact:"
      diff "$work/state.wgns" "$work/state.$other" >&2
    }
  done
  return 0
}

start() {
  local group="process start" t=$work/start mine
  local empty=()
  [[ ! -x $bin/empty ]] || empty=(@empty + "$bin/empty")
  time_them "$t" "$group" "wgns --version" -n 200 -w 10 \
    @wgns + "$wgns" --version @c + "$bin/nothing" @ip + ip -V @wg + wg --version "${empty[@]}" || return
  mine=$(of "$t" wgns)
  row "$group" "wgns --version" "$mine" "a C program that does nothing" "$(of "$t" c)" below 3000
  [[ ! -x $bin/empty ]] || row "$group" "wgns --version" "$mine" "a .NET program that does nothing" "$(of "$t" empty)" none
  row "$group" "wgns --version" "$mine" "ip -V" "$(of "$t" ip)" none
  row "$group" "wgns --version" "$mine" "wg --version" "$(of "$t" wg)" none
}

up_and_down() {
  local group="up and down, with $with" t=$work/updown mine script c nft
  time_them "$t" "$group" "up + down" -n "$rounds" -w 3 -s 60 \
    @wgns + "$wgns" up "$work/wgb.toml" + "$wgns" down wgb \
    @script + "${byhand[@]}" + "$bench/byhand.sh" down wgb \
    @c + "${minimal[@]}" + "$bin/minimal" down wgb \
    @nft - ip netns add wgb +in /run/netns/wgb nft -f "$work/rules" - ip netns del wgb || return
  mine=$(of "$t" wgns) script=$(of "$t" script) c=$(of "$t" c) nft=$(of "$t" nft)
  row "$group" "up + down" "$mine" "a shell script of ip, wg and nft" "$script" ratio 0.5
  row "$group" "up + down" "$mine" "2x a C program, and one nft -f" "$(awk "BEGIN { print 2 * $c + $nft }")" ratio 1
  row "$group" "up" "$(of "$t" wgns 3)" "the script's" "$(of "$t" script 3)" none
  row "$group" "up" "$(of "$t" wgns 3)" "the C program's" "$(of "$t" c 3)" none
  row "$group" "down" "$(of "$t" wgns 4)" "the script's" "$(of "$t" script 4)" none
  row "$group" "down" "$(of "$t" wgns 4)" "the C program's" "$(of "$t" c 4)" none
  row "$group" "up + down" "$mine" "one nft -f" "$nft" none
}

# What a user of a machine without WireGuard in its kernel waits for: the engines themselves, their start and end included.
with_engines() {
  local group="up and down, with real engines" t=$work/engines
  [[ $engine != kernel ]] || return 0
  cp "$(command -v wireguard-go)" "$bin/wireguard-go"
  sed 's/^engine = .*/engine = "embedded"/' "$work/wgb.toml" >"$work/embedded.toml"
  time_them "$t" "$group" "up + down" -n "$rounds" -w 3 -s 60 \
    @embedded + "$wgns" up "$work/embedded.toml" + "$wgns" down wgb \
    @go + env "WG_QUICK_USERSPACE_IMPLEMENTATION=$bin/wireguard-go" "$wgns" up "$work/wgb.toml" + "$wgns" down wgb \
    @script + "${byhand[@]/#$contender/$bin/wireguard-go}" + "$bench/byhand.sh" down wgb \
    @stand-in + "${byhand[@]}" + "$bench/byhand.sh" down wgb || return
  # What `auto` takes here. It has its own start in it, and the script none: the harder comparison.
  row "$group" "embedded" "$(of "$t" embedded)" "the script, $with" "$(of "$t" stand-in)" ratio 0.5
  row "$group" "embedded" "$(of "$t" embedded)" "the script, wireguard-go" "$(of "$t" script)" none
  row "$group" "wireguard-go by wgns" "$(of "$t" go)" "the script, wireguard-go" "$(of "$t" script)" none
}

execute() {
  local group="exec" t=$work/exec mine
  "$wgns" up "$work/wgb.toml" >"$work/stderr" 2>&1 || { row "$group" "exec NAME -- true" - - - failed "up failed"; broken=1; return; }
  if time_them "$t" "$group" "exec NAME -- true" -n 200 -w 10 \
    @wgns + "$wgns" exec wgb -- true @ip + ip netns exec wgb true @nsenter + nsenter --net=/run/netns/wgb true; then
    mine=$(of "$t" wgns)
    row "$group" "exec NAME -- true" "$mine" "ip netns exec" "$(of "$t" ip)" within 3000
    row "$group" "exec NAME -- true" "$mine" "nsenter --net" "$(of "$t" nsenter)" none
  fi
  "$wgns" down wgb >/dev/null 2>&1
}

# The median of a RAW file's column over the rounds FROM to TO.
median_of_rounds() {
  awk -F '\t' -v name="$2" -v column="$3" -v from="$4" -v to="$5" '$2 == name && $1 >= from && $1 <= to { print $column }' "$1" |
    sort -n | awk '{ value[NR] = $1 } END { print (NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2) }'
}

# Few around against many around: an `up` and its `status` are early while few stand, a `down` while many stand.
many() {
  local group="$namespaces namespaces" raw=$work/many part=30 last
  [[ $namespaces -ge 60 ]] || part=$((namespaces / 2))
  [[ $part -gt 0 ]] || return
  last=$((namespaces - part + 1))
  time_them "$work/out" "$group" "up and status" -n "$namespaces" -w 0 -o "$raw.up" \
    @wgns + "$wgns" up "$work/wgb-{}.toml" + "$wgns" status "wgb-{}" || return
  time_them "$work/out" "$group" "down" -n "$namespaces" -w 0 -o "$raw.down" @wgns + "$wgns" down "wgb-{}" || return
  local many="with the $part first around"
  row "$group" "up, with $namespaces around" "$(median_of_rounds "$raw.up" wgns 4 $last "$namespaces")" \
    "$many" "$(median_of_rounds "$raw.up" wgns 4 1 $part)" ratio 1.5
  row "$group" "status, with $namespaces around" "$(median_of_rounds "$raw.up" wgns 5 $last "$namespaces")" \
    "$many" "$(median_of_rounds "$raw.up" wgns 5 1 $part)" ratio 1.5
  row "$group" "down, with $namespaces around" "$(median_of_rounds "$raw.down" wgns 3 1 $part)" \
    "with the $part last around" "$(median_of_rounds "$raw.down" wgns 3 $last "$namespaces")" ratio 1.5
  # How flat the kernel itself is: the same by the C program.
  time_them "$work/out" "$group" "the C program's" -n "$namespaces" -w 0 -o "$raw.c" \
    @c + "$bin/minimal" up "wgb-{}" "$work/uapi" "$work/etc" "$contender" || return
  row "$group" "the C program's up, $namespaces around" "$(median_of_rounds "$raw.c" c 3 $last "$namespaces")" \
    "$many" "$(median_of_rounds "$raw.c" c 3 1 $part)" none
  time_them "$work/out" "$group" "the C program's down" -n "$namespaces" -w 0 -o "$raw.c" \
    @c + "$bin/minimal" down "wgb-{}" || return
}

many_peers() {
  local group="$peers peers, by wireguard-go" t=$work/peers
  cp "$(command -v wireguard-go)" "$bin/wireguard-go"
  export WG_QUICK_USERSPACE_IMPLEMENTATION=$bin/wireguard-go
  local script=("$bench/byhand.sh" up wgb "$work/peers.conf" "$work/rules" "$work/etc" "$bin/wireguard-go")
  time_them "$t" "$group" "up" -n 5 -w 1 -s 200 \
    @wgns + "$wgns" up "$work/peers.toml" - "$wgns" down wgb \
    @script + "${script[@]}" - "$bench/byhand.sh" down wgb || return
  row "$group" "up" "$(of "$t" wgns)" "the shell script, wg setconf" "$(of "$t" script)" none
  "$wgns" up "$work/peers.toml" >/dev/null 2>&1
  # WG-CONF without its private key changes nothing that wgns would have to change back.
  time_them "$t" "$group" "read back" -n 5 -w 1 \
    @status + "$wgns" status wgb --json @again + "$wgns" up "$work/peers.toml" \
    @dump + wg show wgb dump @setconf + wg setconf wgb "$work/peers.conf" || return
  row "$group" "status --json" "$(of "$t" status)" "wg show dump" "$(of "$t" dump)" none
  row "$group" "up once more: nothing to do" "$(of "$t" again)" "wg setconf once more" "$(of "$t" setconf)" none
  "$wgns" down wgb >/dev/null 2>&1
}

write_configurations
export WG_QUICK_USERSPACE_IMPLEMENTATION=$bin/standin-engine
start
if take_over; then
  up_and_down
  with_engines
  execute
  many
  many_peers
else
  row "up and down" "up" - - - failed "$(tail -n 1 "$work/stderr")"
  broken=1
fi
printf '\n'
awk -f tests/bench/table.awk "$rows"
printf '\n%s, %s cores; medians of %s rounds (start and exec: 200)\n' "$(uname -sr)" "$(nproc)" "$rounds"
exit "$broken"
