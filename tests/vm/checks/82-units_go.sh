# shellcheck shell=bash
# of several machines only: trixie
# The shipped units with wireguard-go, whose process outlives its supervisor.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"

setup() { units_setup wireguard-go; }

check_starting_a_service_starts_namespace_and_tunnel() { units_start_pulls_the_tunnel_in_and_both_are_in_one_namespace; }
check_restart_keeps_services_and_connections() { units_restart_keeps_services_and_connections; }
check_reload_changes_what_changed_and_keeps_the_rest() { units_reload_changes_what_changed_and_keeps_the_rest; }
check_kill_9_keeps_services_and_connections() { units_kill_9_keeps_services_and_connections; }
check_a_download_went_on_through_kill_9_restart_and_reload() { units_a_download_went_on_through_kill_9_restart_and_reload; }
check_stop_closes_the_tunnel_and_leaves_services_in_a_closed_namespace() {
  units_stop_closes_the_tunnel_and_leaves_services_in_a_closed_namespace
}
check_start_again_gives_services_their_network_back() { units_start_again_gives_services_their_network_back; }
check_stop_of_the_namespace_stops_everything_and_leaves_nothing() {
  units_stop_of_the_namespace_stops_everything_and_leaves_nothing
}

teardown() { units_teardown; }
