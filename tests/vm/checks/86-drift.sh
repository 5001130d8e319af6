# shellcheck shell=bash
# of several machines only: bookworm
# What the supervisor puts back, waits for and says, whatever systemd's version is: drift, sleep, readyRequired.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"
# shellcheck source=tests/vm/guest/keeping.sh
. "$HERE/guest/keeping.sh"

setup() { keeping_setup; }

check_a_resolv_conf_that_was_overwritten_is_put_back() {
  local inode
  systemctl start by-path by-join
  inode=$(stat -c %i /etc/netns/vpn/resolv.conf)
  echo "nameserver 192.0.2.53" >/etc/netns/vpn/resolv.conf
  eventually 20 grep -q '^nameserver 10.64.0.1' /etc/netns/vpn/resolv.conf
  fails grep 192.0.2.53 /etc/netns/vpn/resolv.conf
  equal "the file's inode" "$inode" "$(stat -c %i /etc/netns/vpn/resolv.conf)"
  eventually 20 in_journal wgns@vpn "had drifted, put back"
  contains "the unit's status" "$(status_text)" "had drifted and was put back"
}

check_a_resolv_conf_that_was_renamed_over_is_put_back() {
  echo "nameserver 192.0.2.53" >/etc/netns/vpn/new
  mv /etc/netns/vpn/new /etc/netns/vpn/resolv.conf
  eventually 20 grep -q '^nameserver 10.64.0.1' /etc/netns/vpn/resolv.conf
  fails grep 192.0.2.53 /etc/netns/vpn/resolv.conf
}

check_rules_that_were_flushed_inside_are_put_back_and_connections_go_on() {
  local before
  before=$(inside vpn nft -s list ruleset)
  inside vpn nft flush ruleset
  eventually 20 has_rules
  equal "the rules" "$before" "$(inside vpn nft -s list ruleset)"
  eventually 20 is_up
  contains "the unit's status" "$(status_text)" "load firewall rules"
  connections_go_on
}
has_rules() { inside vpn nft list chain inet wgns input; }

check_asleep_the_supervisor_is_small_and_wakes_up_for_nothing() {
  local pid before memory
  systemctl restart wgns@vpn
  systemctl stop by-path by-join
  nap 3
  pid=$(main_pid wgns@vpn)
  before=$(wake_ups "$pid")
  nap 20
  # One look a minute, and a word to the watchdog each minute: in a third of one there may be one of each.
  [[ $(($(wake_ups "$pid") - before)) -le 6 ]] || fail "it woke up $(($(wake_ups "$pid") - before)) times in 20 s"
  memory=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$pid/status")
  [[ $memory -lt 20480 ]] || fail "it has $memory KiB resident"
  equal "threads inside" '' "$(find /proc/"$pid"/task/*/ns/net -lname "net:\[$(stat -L -c %i /run/netns/vpn)\]")"
}
# Of all its threads.
wake_ups() { cat /proc/"$1"/task/*/status | awk '$1 == "voluntary_ctxt_switches:" { n += $2 } END { print n }'; }

check_readyRequired_fails_the_unit_until_the_provider_is_there() {
  systemctl stop wgns@vpn wgns-netns@vpn
  provider ip link set pwg down
  with 'readyTimeout = 3' 'readyRequired = true'
  fails systemctl start wgns@vpn
  eventually 20 in_journal wgns@vpn "no handshake on wg0 within 3 s (readyTimeout), which readyRequired asks for"
  fails is_in_state wgns@vpn active
  systemctl start --no-block by-path
  eventually 20 is_in_state by-path active
  fails in_service by-path curl -sS -m 2 http://10.99.0.2/
  nothing_leaked
  # It is tried again, with nobody's help.
  provider ip link set pwg up
  provider ip address replace fd64::1/64 dev pwg nodad
  eventually 60 is_in_state wgns@vpn active
  page_inside
}

check_without_readyRequired_it_is_active_and_its_status_says_what_is_missing() {
  systemctl stop wgns@vpn wgns-netns@vpn
  provider ip link set pwg down
  with 'readyTimeout = 3'
  systemctl start wgns@vpn
  equal state active "$(state_of wgns@vpn)"
  contains "the unit's status" "$(status_text)" "without a handshake on wg0"
  provider ip link set pwg up
  provider ip address replace fd64::1/64 dev pwg nodad
  systemctl stop wgns-netns@vpn
  gone vpn
}

teardown() { units_teardown; }
