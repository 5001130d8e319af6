# shellcheck shell=bash
# of several machines only: bookworm
# The shipped units with the kernel's WireGuard: what each does to services inside.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"

setup() { units_setup kernel; }

check_systemd_analyze_finds_nothing_wrong() {
  equal words "" "$(systemd-analyze verify --man=no wgns-netns@vpn.service wgns@vpn.service wgns-close@vpn.service wgns-closed@vpn.service wgns.target 2>&1)"
}

check_starting_a_service_starts_namespace_and_tunnel() { units_start_pulls_the_tunnel_in_and_both_are_in_one_namespace; }
check_restart_keeps_services_and_connections() { units_restart_keeps_services_and_connections; }
check_reload_changes_what_changed_and_keeps_the_rest() { units_reload_changes_what_changed_and_keeps_the_rest; }
check_reload_takes_IPv6_away_and_brings_it_back() {
  cp /etc/wgns/vpn.toml "$WORK/both.toml"
  sed -i 's|, "fd64::2/64"||; s|, "::/0"||' /etc/wgns/vpn.toml
  systemctl reload wgns@vpn
  equal setting 1 "$(inside vpn cat /proc/sys/net/ipv6/conf/wg0/disable_ipv6)"
  equal addresses "" "$(inside vpn ip -6 -o address show dev wg0)"
  cp "$WORK/both.toml" /etc/wgns/vpn.toml
  systemctl reload wgns@vpn
  equal setting 0 "$(inside vpn cat /proc/sys/net/ipv6/conf/wg0/disable_ipv6)"
  contains addresses "$(inside vpn ip -6 -o address show dev wg0)" fd64::2
}
check_reload_of_a_broken_configuration_fails_and_says_why() { units_reload_of_a_broken_configuration_fails_and_says_why; }
check_kill_9_keeps_services_and_connections() { units_kill_9_keeps_services_and_connections; }
check_a_download_went_on_through_kill_9_restart_and_reload() { units_a_download_went_on_through_kill_9_restart_and_reload; }
check_stop_closes_the_tunnel_and_leaves_services_in_a_closed_namespace() {
  units_stop_closes_the_tunnel_and_leaves_services_in_a_closed_namespace
}
check_start_again_gives_services_their_network_back() { units_start_again_gives_services_their_network_back; }
check_stop_of_the_namespace_stops_everything_and_leaves_nothing() {
  units_stop_of_the_namespace_stops_everything_and_leaves_nothing
}

check_an_enabled_unit_starts_with_the_machine_and_with_the_target() {
  systemctl enable --quiet wgns@vpn wgns.target
  systemctl start multi-user.target
  eventually 30 is_in_state wgns@vpn active
  equal page "a page of the provider" "$(inside vpn curl -sS -m 20 http://10.64.0.1/)"
  systemctl stop wgns.target
  eventually 30 is_in_state wgns-netns@vpn inactive
  gone vpn
  systemctl start wgns.target
  eventually 30 is_in_state wgns@vpn active
  systemctl disable --quiet wgns@vpn wgns.target
}

check_the_namespace_goes_with_the_last_unit_that_needs_it() {
  equal state active "$(state_of wgns-netns@vpn)"
  systemctl stop wgns@vpn
  eventually 30 is_in_state wgns-netns@vpn inactive
  gone vpn
}

check_restart_without_a_service_keeps_the_namespace() {
  systemctl start wgns@vpn
  local before
  before=$(stat -L -c %i /run/netns/vpn)
  systemctl restart wgns@vpn
  equal netns "$before" "$(stat -L -c %i /run/netns/vpn)"
  systemctl stop wgns-netns@vpn
  gone vpn
}

check_a_broken_configuration_fails_the_unit_and_leaves_nothing_half_built() {
  cp /etc/wgns/vpn.toml "$WORK/good.toml"
  echo 'extraFirewallRules = "table inet extra { chain x { tpc dport 1 accept; }; }"' | cat - "$WORK/good.toml" >/etc/wgns/vpn.toml
  fails systemctl start by-path
  equal state failed "$(state_of wgns-netns@vpn)"
  equal state inactive "$(state_of wgns@vpn)"
  equal state inactive "$(state_of by-path)"
  eventually 10 in_journal wgns-netns@vpn "/etc/wgns/vpn.toml:1:"
  gone vpn
  cp "$WORK/good.toml" /etc/wgns/vpn.toml
  systemctl reset-failed
}

check_a_namespace_that_up_made_is_left_alone() {
  wgns up vpn
  fails systemctl start wgns@vpn
  eventually 10 in_journal wgns-netns@vpn "namespace vpn is up already"
  equal links "lo wg0" "$(links inside vpn)"
  wgns down vpn
  gone vpn
}

teardown() { units_teardown; }
