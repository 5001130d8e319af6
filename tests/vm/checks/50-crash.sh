# shellcheck shell=bash
# of several machines only: trixie
# `kill -9` at any moment of `up`: the next `up` goes on from there, and `down` leaves nothing.

setup() {
  make_provider
  client_config vpn 'engine = "kernel"'
  local began
  began=${EPOCHREALTIME/[.,]/}
  wgns up "$WORK/vpn.toml"
  echo $((${EPOCHREALTIME/[.,]/} - began)) >"$WORK/micros"
  wgns down vpn
  gone vpn
}

# kill_up: within the time that a whole `up` takes, and a bit more.
kill_up() {
  local micros pid
  micros=$(cat "$WORK/micros")
  wgns up "$WORK/vpn.toml" >/dev/null 2>&1 &
  pid=$!
  sleep "$(awk -v micros="$micros" -v part="$RANDOM" 'BEGIN { printf "%.4f", micros * 1.1 * part / 32768 / 1000000 }')"
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  printf 'killed; %s, %s\n' "$([[ -e /run/wgns/vpn.json ]] && echo recorded || echo "not recorded")" \
    "$(ip netns exec vpn ip -br link 2>/dev/null | tr '\n' ';' || true)"
}

converges() {
  wgns up "$WORK/vpn.toml"
  contains up "$(wgns up "$WORK/vpn.toml")" "nothing to do"
  [[ $(inside vpn wg show wg0 peers) == "$(pub provider)" ]]
}

check_up_goes_on_after_kill_9_ten_times() {
  local n
  for ((n = 0; n < 10; n++)); do
    kill_up
    converges
    wgns down vpn
    gone vpn
  done
}

check_down_cleans_up_after_kill_9_five_times() {
  local n
  for ((n = 0; n < 5; n++)); do
    kill_up
    # Killed before it had made anything: there is nothing to take down, and down may say so.
    wgns down vpn || [[ ! -e /run/netns/vpn ]]
    gone vpn
  done
}

check_the_tunnel_works_after_all_that() {
  wgns up --wait "$WORK/vpn.toml"
  wgns exec vpn -- ping -c 1 -W 5 10.64.0.1
  wgns down vpn
  gone vpn
}
