# shellcheck shell=bash
# of several machines only: trixie
# An endpoint by name: the machine's resolver comes late, and the provider moves to another address behind the name.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"
# shellcheck source=tests/vm/guest/names.sh
. "$HERE/guest/names.sh"

setup() {
  cp /etc/resolv.conf "$WORK/resolv.conf.before"
  # In place: the unit sees this file by its inode.
  echo "nameserver 127.0.0.1" >/etc/resolv.conf
  units_setup kernel
  named 0
}

# named SECONDS: the endpoint is a name, and dynamicEndpointRefreshSeconds is that.
named() {
  sed -e 's/^endpoint = .*/endpoint = "provider.test:51820"\ndynamicEndpointRefreshSeconds = '"$1/" "$WORK/vpn.toml" >/etc/wgns/vpn.toml
}

endpoint_is() { [[ $(provider_field vpn 3) == "$1:51820" ]]; }

# moves FROM TO: the provider has another address, and says nothing until it is found: its first packet would tell.
# First the old one goes: a second address of the same network would go with it where promote_secondaries is off.
moves() {
  provider nft 'add table inet mute; add chain inet mute output { type filter hook output priority 0; }; add rule inet mute output udp sport 51820 drop'
  provider ip address delete "$1/24" dev prov0
  provider ip address add "$2/24" dev prov0
}
is_found() { provider nft delete table inet mute; }

check_a_name_that_nobody_can_look_up_is_waited_for() {
  systemctl start --no-block wgns@vpn
  eventually 60 status_says "provider.test cannot be looked up yet"
  equal state activating "$(state_of wgns@vpn)"
  equal "the peer's endpoint" "(none)" "$(provider_field vpn 3)"
  fails inside vpn curl -sS -m 1 http://10.99.0.2/
  equal state activating "$(state_of wgns@vpn)"
  resolver_says 10.99.0.2
  resolver_starts
  eventually 75 is_in_state wgns@vpn active
  eventually 75 status_says "vpn is up"
  eventually 20 shook_hands
  systemctl start by-path
  equal restarts 0 "$(systemctl show -P NRestarts wgns@vpn)"
  equal page "a page of the provider" "$(in_service by-path curl -sS -m 20 http://10.64.0.1/)"
  nothing_leaked
}

check_the_resolver_may_go_again() {
  resolver_stops
  systemctl restart --no-block wgns@vpn
  # What is in the kernel goes on working, whoever can be asked or not.
  equal page "a page of the provider" "$(in_service by-path curl -sS -m 20 http://10.64.0.1/)"
  equal endpoint 10.99.0.2:51820 "$(provider_field vpn 3)"
  eventually 75 is_in_state wgns@vpn active
  equal endpoint 10.99.0.2:51820 "$(provider_field vpn 3)"
  resolver_starts
}

check_an_address_that_changed_behind_its_name_is_found_by_dynamicEndpointRefreshSeconds() {
  local before
  named 2
  systemctl reload wgns@vpn
  before=$(main_pid by-path)
  eventually 20 has_said_more by-path "$(talked by-path)"
  moves 10.99.0.2 10.99.0.3
  resolver_says 10.99.0.3
  eventually 60 endpoint_is 10.99.0.3
  eventually 10 in_journal wgns@vpn "provider.test:51820 is at 10.99.0.3:51820 now"
  is_found
  eventually 60 has_said_more by-path "$(talked by-path)"
  equal by-path "$before" "$(main_pid by-path)"
  nothing_leaked
}

# 135 s pass by the clock of handshakes, which is put forward. That they pass by themselves is for the unit tests
# (StaleHandshakesTests, with a clock of their own). What is real here: the kernel's handshake and counters, the looks, the
# name, the endpoint.
check_an_address_that_changed_is_found_when_the_handshake_is_stale() {
  local until n=0
  named 0
  systemctl reload wgns@vpn
  resolver_says 10.99.0.4
  moves 10.99.0.3 10.99.0.4
  nap 3
  equal "the endpoint, before its time" 10.99.0.3:51820 "$(provider_field vpn 3)"
  date --set='+200 seconds'
  # The service talks on: from one look to the next, what is sent grows and what is received does not. A look comes each
  # minute, or when something is told of.
  until=$((SECONDS + 60))
  until endpoint_is 10.99.0.4; do
    [[ $SECONDS -lt $until ]] || fail "the endpoint is $(provider_field vpn 3) still"
    in_service by-path ping -c 2 -W 1 10.64.0.1 >/dev/null || true
    n=$((n + 1))
    inside vpn ip link set wg0 alias "look $n"
  done
  eventually 10 in_journal wgns@vpn "provider.test:51820 is at 10.99.0.4:51820 now"
  is_found
  eventually 60 has_said_more by-path "$(talked by-path)"
  nothing_leaked
  leaks_are_counted 10.99.0.4
}

teardown() {
  resolver_stops
  provider nft delete table inet mute 2>/dev/null || true
  units_teardown
  cat "$WORK/resolv.conf.before" >/etc/resolv.conf
}
