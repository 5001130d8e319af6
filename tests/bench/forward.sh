#!/usr/bin/env bash
# Measures `wgns forward` against systemd-socket-proxyd and socat, in one run.
#   [SECONDS_EACH=5] [ROUNDS=3] [WGNS=out/wgns] tests/bench/forward.sh      (as root; `make bench` does all)
# A benchmark and never a test: the exit status is 0 unless something could not run.
#
# All three listen and connect in one netns of the bench's own: Debian's socat cannot connect in another than it listens in.
# They take turns, and the median of the rounds counts. "nobody" is the service without a proxy.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/bench/common.sh
. tests/bench/common.sh || exit 1
needs out/bench/calls iperf3 ip ss setpriv

each=${SECONDS_EACH:-5} rounds=${ROUNDS:-3}
calls=$PWD/out/bench/calls
netns=wgb-$$-f
work=$(mktemp -d) pids=()
proxyd=/usr/lib/systemd/systemd-socket-proxyd
[[ -x $proxyd ]] || proxyd=/lib/systemd/systemd-socket-proxyd

# Only what this run made: its own processes by their ids, and what socat forked by being in a netns of the bench's own.
close() {
  local pid
  for pid in "${pids[@]}" $(ip netns pids "$netns" 2>/dev/null); do kill "$pid" 2>/dev/null; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null; done
  pids=()
}
trap 'close; ip netns delete "$netns" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

inside() { ip netns exec "$netns" "$@"; }

begin() { inside "$@" >>"$work/log" 2>&1 & pids+=($!); }

listens() { for _ in {1..100}; do [[ -n $(inside ss -Hltn "sport = :$1") ]] && return; sleep 0.05; done; return 1; }

# Ports: 1 and 2 are the services; each proxy has one for either.
declare -A calls_port=([nobody]=5001 [wgns]=5101 [proxyd]=5201 [socat]=5301)
declare -A bytes_port=([nobody]=5002 [wgns]=5102 [proxyd]=5202 [socat]=5302)

raise() {
  ip netns add "$netns" && ip -n "$netns" link set lo up || return
  begin "$calls" serve 5001
  begin iperf3 -s -p 5002
  begin "$wgns" forward 5101 5001 5102 5002
  contenders=(wgns)
  if [[ -x $proxyd ]] && command -v systemd-socket-activate >/dev/null; then
    begin setpriv --reuid nobody --regid nogroup --clear-groups systemd-socket-activate -l 127.0.0.1:5201 "$proxyd" 127.0.0.1:5001
    begin setpriv --reuid nobody --regid nogroup --clear-groups systemd-socket-activate -l 127.0.0.1:5202 "$proxyd" 127.0.0.1:5002
    contenders+=(proxyd)
  fi
  if command -v socat >/dev/null; then
    begin setpriv --reuid nobody --regid nogroup --clear-groups socat TCP-LISTEN:5301,bind=127.0.0.1,fork,reuseaddr,backlog=4096 TCP:127.0.0.1:5001
    begin setpriv --reuid nobody --regid nogroup --clear-groups socat TCP-LISTEN:5302,bind=127.0.0.1,fork,reuseaddr TCP:127.0.0.1:5002
    contenders+=(socat)
  fi
  local one
  for one in nobody "${contenders[@]}"; do
    { listens "${calls_port[$one]}" && listens "${bytes_port[$one]}"; } || fail "$one does not listen: $(tail -n 1 "$work/log")"
  done
}

# Gbit/s as the calling end saw them second by second, with more arguments of iperf3. Its own sum is no answer for every proxy:
# systemd-socket-proxyd ends both ways of a connection at the end of one, and iperf3 then says nothing but that its control socket closed.
throughput() {
  local port=$1; shift
  inside timeout 60 iperf3 -c 127.0.0.1 -p "$port" -t "$each" -J "$@" |
    awk '/"sum":/ {in_sum = 1} in_sum && /"bits_per_second":/ {gsub(/[^0-9.e+]/, "", $2); sum += $2; n++; in_sum = 0} END {print n ? sum / n / 1e9 : 0}'
}

called() { inside timeout 60 "$calls" call "${calls_port[$1]}" "$each" "$2" 2>>"$work/log" || echo 0; }

median() { sort -g | awk '{v[NR] = $1} END {print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2)}'; }

raise || fail "$(tail -n 1 "$work/log")"
what=("one stream, Gbit/s" "one stream back, Gbit/s" "eight streams, Gbit/s" "connections/s, one at a time" "connections/s, 32 at a time")
for ((round = 1; round <= rounds; round++)); do
  for one in nobody "${contenders[@]}"; do
    note "round $round, $one"
    throughput "${bytes_port[$one]}" >>"$work/$one.0"
    throughput "${bytes_port[$one]}" -R >>"$work/$one.1"
    throughput "${bytes_port[$one]}" -P 8 >>"$work/$one.2"
    called "$one" 1 >>"$work/$one.3"
    called "$one" 32 >>"$work/$one.4"
  done
done

printf '\n%-32s%12s' "by a proxy on this machine" nobody
printf '%12s' "${contenders[@]}"
for one in "${contenders[@]:1}"; do printf '%16s' "wgns / $one"; done
printf '\n'
for i in "${!what[@]}"; do
  printf '  %-30s' "${what[i]}"
  for one in nobody "${contenders[@]}"; do printf '%12.2f' "$(median <"$work/$one.$i")"; done
  for one in "${contenders[@]:1}"; do
    awk -v a="$(median <"$work/wgns.$i")" -v b="$(median <"$work/$one.$i")" 'BEGIN {printf "%15.2fx", b ? a / b : 0}'
  done
  printf '\n'
done
printf '%s, %s cores, medians of %s rounds of %s s\n' "$(uname -sr)" "$(nproc)" "$rounds" "$each"
