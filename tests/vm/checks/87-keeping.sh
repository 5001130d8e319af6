# shellcheck shell=bash
# of several machines only: trixie
# What depends on systemd besides: the watchdog, credentials. 86-drift.sh has what does not.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"
# shellcheck source=tests/vm/guest/keeping.sh
. "$HERE/guest/keeping.sh"

setup() { keeping_setup; }

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

check_a_supervisor_that_hangs_is_killed_by_the_watchdog_and_nobody_inside_notices() {
  local supervisor before
  drop_in WatchdogSec=6
  systemctl start by-path by-join
  before=$(same_as_ever) supervisor=$(main_pid wgns@vpn)
  # It lives longer than its watchdog's patience: it is heard.
  nap 8
  equal "the supervisor" "$supervisor" "$(main_pid wgns@vpn)"
  kill -STOP "$supervisor"
  page_inside
  eventually 90 is_another_supervisor "$supervisor"
  eventually 10 in_journal wgns@vpn "atchdog timeout"
  equal "what a hanging supervisor keeps" "$before" "$(same_as_ever)"
  connections_go_on
  nothing_leaked
  no_drop_in
}

credentials() {
  sed -e 's|^privateKeyFile = .*|privateKeyFile = "credential:vpn"|' -e 's|^presharedKeyFile = .*|presharedKeyFile = "credential:shared"|' \
    "$WORK/plain.toml" >/etc/wgns/vpn.toml
  cp "$(key client)" /etc/wgns/vpn.key
  drop_in LoadCredential=vpn:/etc/wgns/vpn.key LoadCredential="shared:$(key psk)"
}

check_keys_that_are_credentials_are_the_running_units() {
  systemctl stop wgns@vpn wgns-netns@vpn
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
  nothing_leaked
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
}
