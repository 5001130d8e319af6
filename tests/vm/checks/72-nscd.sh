# shellcheck shell=bash
# of several machines only: bookworm
# The filter in nscd's place. That a confined service sees no nscd of the host's is 84-confine.sh's.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"

setup() {
  make_provider
  install_units
  id asker >/dev/null 2>&1 || useradd --system asker
  client_config vpn 'engine = "kernel"'
  wgns up --wait "$WORK/vpn.toml"
}

check_in_nscds_place_a_filter_has_users_and_no_hosts() {
  systemctl start nscd wgns-nscd.socket
  eventually 10 test -S /run/nscd/socket
  equal uid "$(id -u asker)" "$(wgns exec vpn -- getent passwd asker | cut -d : -f 3)"
  equal "the filter" active "$(state_of wgns-nscd)"
  contains "the name" "$(wgns exec vpn -- getent hosts name.test)" 10.64.0.77
  fails test "$(readlink "/proc/$(main_pid wgns-nscd)/ns/net")" = "$(readlink /proc/self/ns/net)"
  wgns verify vpn >"$WORK/verify" || true
  contains "what verify says" "$(grep "host's daemons" "$WORK/verify")" "none of their sockets"
  eventually 60 is_in_state wgns-nscd inactive
  equal uid "$(id -u asker)" "$(wgns exec vpn -- getent passwd asker | cut -d : -f 3)"
  systemctl stop wgns-nscd.socket wgns-nscd nscd
  rmdir /run/wgns-nscd
}

teardown() {
  wgns down vpn
  gone vpn
  userdel asker
  units_teardown
}
