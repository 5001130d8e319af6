#!/usr/bin/env bash
# Measures the embedded engine against wireguard-go: both ends on this machine, the same engine at each, in one run.
#   [SECONDS_EACH=5] [WGNS=out/wgns] [WGNS_BENCH_WIREGUARD_GO=PATH] tests/bench/engine.sh   (as root; `make bench` does all)
# A benchmark and never a test: the exit status is 0 unless something could not run. WGNS_BENCH_WIREGUARD_GO names a newer
# wireguard-go to measure besides the one in PATH.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/bench/common.sh
. tests/bench/common.sh || exit 1
needs iperf3 ping wg ip

each=${SECONDS_EACH:-5}
work=$(mktemp -d) pids=()
umask 077

# Only what this run made: its own processes by their ids, and netns and links by names that bear its own id.
between=wgb-$$-o
close() {
  local pid side
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null; done
  pids=()
  for side in a b; do
    ip netns delete "wgb-$$-$side" 2>/dev/null
    rm -f "/var/run/wireguard/wgb$$$side.sock"
  done
  ip netns delete "$between" 2>/dev/null
}
trap 'close; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# side NAME NUMBER ENGINE
side() {
  local netns=wgb-$$-$1 link=wgb$$$1 socket
  socket=/var/run/wireguard/$link.sock
  ip netns add "$netns" && ip -n "$netns" link set lo up || return
  if [[ $3 == embedded ]]; then
    ip netns exec "$between" "$wgns" __engine "$socket" "/run/netns/$netns" "$link" >"$work/$1.log" 2>&1 &
  else
    ip netns exec "$between" "$3" -f "$link" >"$work/$1.log" 2>&1 &
  fi
  pids+=($!)
  for _ in {1..100}; do [[ -S $socket ]] && break; sleep 0.1; done
  [[ $3 == embedded ]] || ip -n "$between" link set "$link" netns "$netns" || return
  wg genkey >"$work/$1.key"
  wg set "$link" private-key "$work/$1.key" listen-port "5190$2" || return
  ip -n "$netns" address add "10.77.0.$2/24" dev "$link" && ip -n "$netns" link set "$link" mtu 1420 up
}

raise() {
  mkdir -p /var/run/wireguard
  ip netns add "$between" && ip -n "$between" link set lo up && side a 1 "$1" && side b 2 "$1" || return
  wg set "wgb$$"a peer "$(wg show "wgb$$"b public-key)" endpoint 127.0.0.1:51902 allowed-ips 10.77.0.2/32 &&
    wg set "wgb$$"b peer "$(wg show "wgb$$"a public-key)" allowed-ips 10.77.0.1/32
}

# The processor time of both engines, in ticks.
ticks() { local pid sum=0; for pid in "${pids[@]:0:2}"; do sum=$((sum + $(awk '{print $14 + $15}' "/proc/$pid/stat"))); done; echo "$sum"; }

memory() { awk '/VmRSS/ {print $2 / 1024}' "/proc/${pids[0]}/status"; }

# Received bits per second, by iperf3 with the given arguments.
throughput() {
  ip netns exec "wgb-$$-a" timeout 60 iperf3 -c 10.77.0.2 -t "$each" -J "$@" |
    awk '/"(sum_received|sum)":/ {in_sum = 1} in_sum && /"bits_per_second":/ {gsub(/[^0-9.e+]/, "", $2); rate = $2; in_sum = 0} END {print rate + 0}'
}

# measure NAME ENGINE: a file of its figures, one a line.
measure() {
  local out=$work/figures.$1 before rate
  : >"$out"
  if ! raise "$2"; then
    note "$1 did not start: $(tail -n 1 "$work/a.log")"
    close
    return 1
  fi
  sleep 1
  memory >>"$out"
  ip netns exec "wgb-$$-b" iperf3 -s >/dev/null 2>&1 &
  pids+=($!)
  ip netns exec "wgb-$$-a" ping -q -c 200 -i 0.01 10.77.0.2 | awk -F/ '/^rtt/ {print $5}' >>"$out"
  before=$(ticks)
  rate=$(throughput)
  awk -v r="$rate" 'BEGIN {print r / 1e9}' >>"$out"
  awk -v r="$rate" -v t="$(($(ticks) - before))" -v s="$each" -v hz="$(getconf CLK_TCK)" 'BEGIN {print r ? t / hz / (r * s / 1e9) : 0}' >>"$out"
  awk -v r="$(throughput -P 8)" 'BEGIN {print r / 1e9}' >>"$out"
  # Datagrams that arrive: 64 bytes of payload each, sent as fast as they can be.
  ip netns exec "wgb-$$-a" timeout 60 iperf3 -c 10.77.0.2 -u -b 0 -l 64 -t "$each" -J |
    awk -v s="$each" '/"sum":/ {in_sum = 1} in_sum && /"lost_packets":/ {gsub(/[^0-9]/, "", $2); lost = $2} in_sum && /"packets":/ {gsub(/[^0-9]/, "", $2); sent = $2} END {print (sent - lost) / s / 1000}' >>"$out"
  memory >>"$out"
  close
}

candidates=("embedded embedded" "wireguard-go wireguard-go")
[[ -z ${WGNS_BENCH_WIREGUARD_GO:-} ]] || candidates+=("newer $WGNS_BENCH_WIREGUARD_GO")
done_names=()
for candidate in "${candidates[@]}"; do
  read -r name engine <<<"$candidate"
  command -v "$engine" >/dev/null || [[ $engine == embedded ]] || continue
  note "$name"
  measure "$name" "$engine" && done_names+=("$name")
done
[[ " ${done_names[*]} " == *" embedded "* ]] || exit 1

what=("idle memory, MiB" "ping, ms" "one TCP stream, Gbit/s" "processor seconds per gigabit" "eight TCP streams, Gbit/s" "64-byte datagrams arriving, 1000/s" "memory after that, MiB")
printf '\n%-38s' "both ends on this machine"
printf '%16s' "${done_names[@]}"
printf '%25s\n' "embedded / wireguard-go"
for i in "${!what[@]}"; do
  printf '  %-36s' "${what[i]}"
  for name in "${done_names[@]}"; do printf '%16.3f' "$(sed -n "$((i + 1))p" "$work/figures.$name")"; done
  if [[ -s $work/figures.wireguard-go ]]; then
    awk -v a="$(sed -n "$((i + 1))p" "$work/figures.embedded")" -v b="$(sed -n "$((i + 1))p" "$work/figures.wireguard-go")" 'BEGIN {printf "%24.2fx", b ? a / b : 0}'
  fi
  printf '\n'
done
printf '%s, %s cores, %s s each\n' "$(uname -sr)" "$(nproc)" "$each"
