# shellcheck shell=bash
# What the unit keeps, puts back, waits for and says: drift, watchdog, readyRequired, credentials.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"

setup() {
  units_setup kernel
  cp /etc/wgns/vpn.toml "$WORK/plain.toml"
}

dropin=/etc/systemd/system/wgns@vpn.service.d

# drop_in LINE...: more of the unit's [Service].
drop_in() {
  mkdir -p "$dropin"
  { echo '[Service]'; printf '%s\n' "$@"; } >"$dropin/check.conf"
  systemctl daemon-reload
}
no_drop_in() {
  rm -rf "$dropin"
  systemctl daemon-reload
}

# with LINE...: these keys before all others.
with() { { printf '%s\n' "$@"; cat "$WORK/plain.toml"; } >/etc/wgns/vpn.toml; }

page_inside() { equal page "a page of the provider" "$(in_service by-path curl -sS -m 20 http://10.64.0.1/)"; }
is_up() { [[ $(wgns status vpn --json | jq -r '.namespaces[0].state') == up ]]; }
status_text() { systemctl show -P StatusText wgns@vpn; }

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

check_a_supervisor_that_hangs_is_killed_by_the_watchdog_and_nobody_inside_notices() {
  local supervisor before
  drop_in WatchdogSec=10
  systemctl restart wgns@vpn
  before=$(same_as_ever) supervisor=$(main_pid wgns@vpn)
  # It lives longer than its watchdog's patience: it is heard.
  sleep 12
  equal "the supervisor" "$supervisor" "$(main_pid wgns@vpn)"
  kill -STOP "$supervisor"
  page_inside
  eventually 60 is_another_supervisor "$supervisor"
  eventually 10 in_journal wgns@vpn "atchdog timeout"
  equal "what a hanging supervisor keeps" "$before" "$(same_as_ever)"
  connections_go_on
  equal "what came out beside the tunnel" 0 "$(leaks)"
  no_drop_in
}

check_asleep_the_supervisor_is_small_and_wakes_up_for_nothing() {
  local pid before memory
  systemctl restart wgns@vpn
  systemctl stop by-path by-join
  sleep 3
  pid=$(main_pid wgns@vpn)
  before=$(wake_ups "$pid")
  sleep 20
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
  equal "what came out beside the tunnel" 0 "$(leaks)"
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

credentials() {
  sed -e 's|^privateKeyFile = .*|privateKeyFile = "credential:vpn"|' -e 's|^presharedKeyFile = .*|presharedKeyFile = "credential:shared"|' \
    "$WORK/plain.toml" >/etc/wgns/vpn.toml
  cp "$(key client)" /etc/wgns/vpn.key
  drop_in LoadCredential=vpn:/etc/wgns/vpn.key LoadCredential="shared:$(key psk)"
}

check_keys_that_are_credentials_are_the_running_units() {
  credentials
  contains "check without the unit" "$(wgns check vpn 2>&1 || true)" "only wgns@vpn.service has"
  wgns check --no-secrets vpn
  systemctl start by-path
  page_inside
  equal "the key" "$(cat "$(key client)")" "$(inside vpn wg show wg0 private-key)"
  equal "the preshared key" "$(cat "$(key psk)")" "$(inside vpn wg show wg0 preshared-keys | cut -f2)"
  # From outside, the running unit's.
  wgns check vpn
  contains plan "$(wgns plan vpn)" "nothing to do"
  fails grep -q -F "$(cat "$(key client)")" /proc/"$(main_pid wgns@vpn)"/environ /proc/"$(main_pid wgns@vpn)"/cmdline /run/wgns/vpn.json
}

check_a_changed_credential_takes_a_restart_and_a_reload_says_so() {
  new_key other
  cp "$(key other)" /etc/wgns/vpn.key
  systemctl reload wgns@vpn
  eventually 20 in_journal wgns@vpn "systemctl restart wgns@vpn.service"
  equal "the key after a reload" "$(cat "$(key client)")" "$(inside vpn wg show wg0 private-key)"
  provider wg set pwg peer "$(pub client)" remove peer "$(pub other)" preshared-key "$(key psk)" allowed-ips 10.64.0.2/32,fd64::2/128
  systemctl restart wgns@vpn
  equal "the key after a restart" "$(cat "$(key other)")" "$(inside vpn wg show wg0 private-key)"
  page_inside
  equal "what came out beside the tunnel" 0 "$(leaks)"
}

check_a_credential_that_is_not_there_fails_the_unit() {
  systemctl stop wgns-netns@vpn
  drop_in LoadCredential=vpn:/etc/wgns/vpn.key
  fails systemctl start wgns@vpn
  eventually 20 in_journal wgns@vpn 'the running unit has no credential "shared"'
  systemctl stop wgns@vpn wgns-netns@vpn
  gone vpn
  no_drop_in
}

teardown() {
  no_drop_in
  rm -f /etc/wgns/vpn.key
  units_teardown
  drop_provider
}
