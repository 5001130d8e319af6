# shellcheck shell=bash
# of several machines only: bookworm
# A stop of the tunnel's unit while nothing of it runs: between a crash and the restart, and when systemd has given it up.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"

setup() { units_setup kernel; }

dropin=/etc/systemd/system/wgns@vpn.service.d

# after_a_crash RestartSec=SECONDS|StartLimitBurst=1: what systemd does then.
after_a_crash() {
  mkdir -p "$dropin"
  printf '[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=%s\n[Service]\nRestartSec=%s\n' "$1" "$2" >"$dropin/check.conf"
  systemctl daemon-reload
}
crash() {
  systemctl reset-failed
  systemctl start by-path wgns@vpn
  talks_on
  kill -9 "$(main_pid wgns@vpn)"
  eventually 20 is_in_substate wgns@vpn "$1"
  # Whatever else there is for systemd to do about it.
  nap 0.5
  equal "links after a crash" "lo wg0" "$(links inside vpn)"
  talks_on
}
is_in_substate() { [[ $(systemctl show -P SubState "$1") == "$2" ]]; }
talks_on() {
  local before
  before=$(talked by-path)
  eventually 40 has_said_more by-path "$before"
}

# is_closed: no tunnel as soon as the stop has returned, and the service in its namespace still.
is_closed() {
  equal links lo "$(links inside vpn)"
  equal by-path active "$(state_of by-path)"
  equal wgns-netns@vpn active "$(state_of wgns-netns@vpn)"
  equal wgns-close@vpn inactive "$(state_of wgns-close@vpn)"
}

check_a_stop_between_a_crash_and_the_restart_closes_the_tunnel() {
  after_a_crash 5 1h
  crash auto-restart
  systemctl stop wgns@vpn
  equal wgns@vpn inactive "$(state_of wgns@vpn)"
  is_closed
}

check_so_does_a_stop_of_the_target() {
  crash auto-restart
  systemctl start wgns.target
  systemctl stop wgns.target
  eventually 20 is_in_state wgns-close@vpn inactive
  is_closed
}

check_a_restart_between_a_crash_and_the_restart_keeps_it() {
  local ifindex
  crash auto-restart
  ifindex=$(ifindex vpn)
  systemctl restart wgns@vpn
  equal wg0 "$ifindex" "$(ifindex vpn)"
  equal wgns-close@vpn active "$(state_of wgns-close@vpn)"
  talks_on
}

# stopped_unheard UNIT SUBSTATE: stops the tunnel while a unit is in this part of a restart, and has looked already what it is.
stopped_unheard() {
  eventually 20 is_in_substate "$1" "$2"
  nap 0.5
  systemctl stop wgns@vpn
  equal wgns@vpn inactive "$(state_of wgns@vpn)"
  eventually 45 has_closed
  is_closed
}
has_closed() { [[ $(links inside vpn) == lo ]]; }
# slowly UNIT SETTING: what comes after the look in a restart takes 6 seconds, which is a moment without this.
slowly() {
  mkdir -p "/run/systemd/system/$1.d"
  printf '[Service]\n%s=/bin/sleep 6\n' "$2" >"/run/systemd/system/$1.d/slowly.conf"
  systemctl daemon-reload
}
at_once() {
  rm -r "/run/systemd/system/$1.d"
  systemctl daemon-reload
}

check_a_stop_when_the_restart_after_a_crash_has_begun_closes_the_tunnel() {
  systemctl stop wgns@vpn
  after_a_crash 20 5
  slowly wgns-close@vpn.service ExecStop
  crash auto-restart
  stopped_unheard wgns-close@vpn stop
  at_once wgns-close@vpn.service
}

check_so_does_a_stop_when_a_restart_has_ended_the_supervisor() {
  systemctl start wgns@vpn
  talks_on
  slowly wgns@vpn.service ExecStopPost
  systemctl restart --no-block wgns@vpn
  stopped_unheard wgns@vpn stop-post
  at_once wgns@vpn.service
}

check_a_stop_after_systemd_has_given_it_up_closes_the_tunnel() {
  systemctl stop wgns@vpn
  after_a_crash 1 0
  crash failed
  systemctl stop wgns@vpn
  is_closed
}

check_so_does_a_stop_of_the_target_then() {
  crash failed
  systemctl start wgns.target
  systemctl stop wgns.target
  eventually 20 is_in_state wgns-close@vpn inactive
  is_closed
}

check_a_stop_of_the_namespace_after_that_leaves_nothing() {
  crash failed
  systemctl stop wgns-netns@vpn
  gone vpn
  equal wgns-close@vpn inactive "$(state_of wgns-close@vpn)"
}

check_down_by_hand_ends_the_unit_and_its_namespace() {
  systemctl reset-failed
  systemctl start wgns@vpn
  wgns down vpn
  eventually 20 is_in_state wgns-netns@vpn inactive
  equal wgns@vpn inactive "$(state_of wgns@vpn)"
  equal wgns-close@vpn inactive "$(state_of wgns-close@vpn)"
  gone vpn
}

check_a_stop_closes_no_tunnel_that_up_made() {
  wgns up vpn
  fails systemctl start wgns@vpn
  systemctl stop wgns@vpn
  equal links "lo wg0" "$(links inside vpn)"
  wgns down vpn
  gone vpn
}

teardown() {
  rm -rf "$dropin"
  units_teardown
}
