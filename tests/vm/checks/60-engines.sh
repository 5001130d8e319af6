# shellcheck shell=bash
# of several machines only: trixie
# Engines that are forced: wireguard-go beside the kernel's, from one to the other, and wgns's own against the kernel's.

setup() {
  make_provider
  new_key second
  provider wg set pwg peer "$(pub second)" preshared-key "$(key psk)" allowed-ips 10.64.0.3/32,fd64::3/128
  client_config kern 'engine = "kernel"'
  client_config user 'engine = "wireguard-go"'
  sed -i -e 's|10.64.0.2/24|10.64.0.3/24|; s|fd64::2/64|fd64::3/64|' -e "s|$(key client)|$(key second)|" "$WORK/user.toml"
}

check_both_engines_run_beside_each_other() {
  wgns up --wait "$WORK/kern.toml"
  wgns up --wait "$WORK/user.toml"
  equal kind wireguard "$(inside kern ip -j -d link show wg0 | jq -r '.[0].linkinfo.info_kind')"
  equal kind tun "$(inside user ip -j -d link show wg0 | jq -r '.[0].linkinfo.info_kind')"
  equal engine kernel "$(wgns status kern --json | jq -r '.namespaces[0].interfaces[0].engine')"
  equal engine wireguard-go "$(wgns status user --json | jq -r '.namespaces[0].interfaces[0].engine')"
  equal engines 1 "$(pgrep -c -x wireguard-go)"
  equal links "lo wg0" "$(links inside user)"
}

check_a_page_comes_through_either() {
  equal page "a page of the provider" "$(wgns exec kern -- curl -sS -m 20 http://10.64.0.1/)"
  equal page "a page of the provider" "$(wgns exec user -- curl -sS -m 20 http://10.64.0.1/)"
  equal page "a page of the provider" "$(wgns exec user -- curl -sS -m 20 'http://[fd64::1]/')"
  equal "what came out beside the tunnels" 0 "$(leaks)"
}

check_a_second_up_of_either_has_nothing_to_do() {
  contains up "$(wgns up "$WORK/kern.toml")" "nothing to do"
  contains up "$(wgns up "$WORK/user.toml")" "nothing to do"
}

check_a_killed_engine_leaks_nothing_and_is_started_again() {
  local pid
  pid=$(pgrep -x wireguard-go)
  kill -9 "$pid"
  eventually 10 test ! -e "/proc/$pid"
  fails wgns exec user -- ping -c 1 -W 1 10.99.0.2
  fails wgns exec user -- curl -sS -m 2 http://10.99.0.2/
  equal "what came out beside the tunnels" 0 "$(leaks)"
  wgns up --wait "$WORK/user.toml"
  wgns exec user -- ping -c 1 -W 5 10.64.0.1
}

check_the_kernel_takes_over_from_an_engine() {
  sed -i 's/"wireguard-go"/"kernel"/' "$WORK/user.toml"
  wgns up --wait "$WORK/user.toml"
  equal kind wireguard "$(inside user ip -j -d link show wg0 | jq -r '.[0].linkinfo.info_kind')"
  fails pgrep -x wireguard-go
  wgns exec user -- ping -c 1 -W 5 10.64.0.1
}

check_an_engine_takes_over_from_the_kernel() {
  sed -i 's/"kernel"/"wireguard-go"/' "$WORK/user.toml"
  wgns up --wait "$WORK/user.toml"
  equal kind tun "$(inside user ip -j -d link show wg0 | jq -r '.[0].linkinfo.info_kind')"
  wgns exec user -- ping -c 1 -W 5 10.64.0.1
}

check_down_of_one_leaves_the_other() {
  wgns down user
  gone user
  equal page "a page of the provider" "$(wgns exec kern -- curl -sS -m 20 http://10.64.0.1/)"
  wgns down kern
  gone kern
}

check_the_embedded_engine_and_the_kernel_talk_both_ways() {
  client_config own 'engine = "embedded"
listenPort = 41900'
  wgns up --wait "$WORK/own.toml"
  equal kind tun "$(inside own ip -j -d link show wg0 | jq -r '.[0].linkinfo.info_kind')"
  equal engine embedded "$(wgns status own --json | jq -r '.namespaces[0].interfaces[0].engine')"
  equal page "a page of the provider" "$(wgns exec own -- curl -sS -m 20 http://10.64.0.1/)"
  equal page "a page of the provider" "$(wgns exec own -- curl -sS -m 20 'http://[fd64::1]/')"
  equal "bytes of a long answer" 20000000 "$(wgns exec own -- curl -sS -m 100 http://10.64.0.1/long | wc -c)"
  provider ping -c 2 -W 5 10.64.0.2
  provider ping -c 1 -W 5 fd64::2
  nothing_leaked
}

check_wg_works_on_the_embedded_engine_and_the_kernel_follows_it_to_another_port() {
  [[ $(wg show wg0 latest-handshakes | cut -f 2) -gt 0 ]]
  equal "the provider's key" "$(pub provider)" "$(wg show wg0 peers)"
  wg set wg0 listen-port 41901
  wgns exec own -- ping -c 1 -W 5 10.64.0.1
  contains "where the provider sees us" "$(provider wg show pwg endpoints)" ":41901"
}

check_a_killed_embedded_engine_leaks_nothing_and_is_started_again() {
  local pid
  # It has drifted: the port.
  pid=$(wgns status own --json | jq -r '.namespaces[0].interfaces[0].enginePid' || true)
  kill -9 "$pid"
  eventually 10 test ! -e "/proc/$pid"
  fails wgns exec own -- ping -c 1 -W 1 10.99.0.2
  nothing_leaked
  wgns up --wait "$WORK/own.toml"
  wgns exec own -- ping -c 1 -W 5 10.64.0.1
  wgns down own
  gone own
}
