# shellcheck shell=bash
# of several machines only: trixie
# The host has a link of the name that the interface is to have inside. Kernels before 6.15 say EEXIST to that at first.

setup() {
  make_provider
  client_config vpn
}

host_picture() { ip -j -d address show wg0 | jq -S .; [[ ! -e $WORK/is-wireguard ]] || wg showconf wg0; }

up_beside_the_hosts_link() {
  host_picture >"$WORK/before"
  hears_links "$WORK/monitor"
  wgns up --wait --verbose "$WORK/vpn.toml"
  heard_links "$WORK/monitor"
  cat "$WORK/monitor"
  fails grep -E 'wg0|wgns-' "$WORK/monitor"
  equal links "lo wg0" "$(links inside vpn)"
  wgns exec vpn -- ping -c 1 -W 5 10.64.0.1
  contains up "$(wgns up "$WORK/vpn.toml")" "nothing to do"
  host_picture >"$WORK/after"
  diff "$WORK/before" "$WORK/after"
  wgns down vpn
  gone vpn
  host_picture >"$WORK/after"
  diff "$WORK/before" "$WORK/after"
}

check_a_WireGuard_link_of_the_host_stays_as_it_is() {
  new_key host
  ip link add wg0 type wireguard
  wg set wg0 private-key "$(key host)" listen-port 43000
  ip address add 10.80.0.1/24 dev wg0
  ip link set wg0 up
  touch "$WORK/is-wireguard"
  up_beside_the_hosts_link
}

check_a_link_of_another_kind_stays_as_it_is() {
  ip link delete wg0
  rm "$WORK/is-wireguard"
  ip link add wg0 type dummy
  up_beside_the_hosts_link
}

check_two_namespaces_may_have_the_same_name_inside() {
  sed 's/"vpn"/"two"/; s/^ips.*/ips = ["10.64.0.3\/24"]/' "$WORK/vpn.toml" >"$WORK/two.toml"
  wgns up "$WORK/vpn.toml"
  wgns up "$WORK/two.toml"
  equal links "lo wg0" "$(links inside vpn)"
  equal links "lo wg0" "$(links inside two)"
  wgns down two
  wgns down vpn
  gone two
  gone vpn
}

teardown() {
  ip link delete wg0
}
