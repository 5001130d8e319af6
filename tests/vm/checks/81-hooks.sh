# shellcheck shell=bash
# of several machines only: trixie
# [hooks] of the unit: they are units of their own, outside its sandbox and its filter of system calls.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"

seen=/etc/wgns-hooks

# with_hooks <LINES: the provider's client with these in [hooks].
with_hooks() {
  client_config vpn 'engine = "kernel"'
  { cat "$WORK/vpn.toml"; echo '[hooks]'; cat; } >/etc/wgns/vpn.toml
}

setup() {
  units_setup kernel
  # What the unit is not let do: writing /etc, mounting, a device, becoming another user, system calls that its filter denies.
  cat >/var/tmp/hook <<'T'
set -e
mkdir -p /etc/wgns-hooks
mount -t tmpfs none /etc/wgns-hooks
echo "$1 $WGNS_NAMESPACE $WGNS_INTERFACE $(readlink /proc/self/ns/net)" >>/etc/wgns-hooks.seen
umount /etc/wgns-hooks
rmdir /etc/wgns-hooks
setpriv --reuid=nobody --clear-groups true
head -c 512 /dev/vda >/dev/null
grep -q 'Seccomp:.0' /proc/self/status
T
  with_hooks <<'T'
preUp = [{ command = "sh /var/tmp/hook preUp" }]
postUp = [{ command = "sh /var/tmp/hook postUp" }, { command = "sh /var/tmp/hook outside", where = "host" }]
preDown = [{ command = "sh /var/tmp/hook preDown" }]
postDown = [{ command = '''x="a  b"; sh /var/tmp/hook "$x %n ${WGNS_NAMESPACE} 'q' \\ $((1 + 1))"''', where = "host" }]
T
}

inside_net() { printf 'net:[%s]' "$(stat -L -c %i /run/netns/vpn)"; }
host_net() { readlink /proc/1/ns/net; }

check_they_do_what_the_sandbox_of_the_unit_forbids() {
  rm -f "$seen.seen"
  systemctl start by-path
  equal "what the hooks saw" \
    "$(printf '%s\n' "preUp vpn wg0 $(inside_net)" "postUp vpn wg0 $(inside_net)" "outside vpn wg0 $(host_net)")" "$(cat "$seen.seen")"
  grep -q 'Seccomp:.2' "/proc/$(main_pid wgns@vpn)/status"
  fails nsenter -t "$(main_pid wgns@vpn)" -m touch "$seen.seen"
}

check_a_restart_and_a_reload_run_none() {
  : >"$seen.seen"
  systemctl restart wgns@vpn
  systemctl reload wgns@vpn
  equal "what hooks ran" "" "$(cat "$seen.seen")"
}

# As written in the file, whatever systemd makes of $, % and quotes.
downs() { printf '%s\n' "preDown vpn wg0 $1" "a  b %n vpn 'q' \\ 2 vpn wg0 $(host_net)"; }

check_stop_runs_those_of_the_way_down() {
  : >"$seen.seen"
  systemctl stop wgns@vpn
  equal "what the hooks saw" "$(downs "$(inside_net)")" "$(cat "$seen.seen")"
}

check_so_does_a_stop_of_the_namespace() {
  local net
  systemctl start wgns@vpn
  net=$(inside_net)
  : >"$seen.seen"
  systemctl stop wgns-netns@vpn
  equal "what the hooks saw" "$(downs "$net")" "$(cat "$seen.seen")"
  gone vpn
}

check_a_stop_waits_for_one_that_takes_longer_than_systemd_gives_other_units() {
  with_hooks <<'T'
preDown = [{ command = "sleep 8" }]
T
  systemctl start by-path wgns@vpn
  # As Fedora has it, but shorter.
  mkdir -p /run/systemd/system.conf.d
  printf '[Manager]\nDefaultTimeoutStopSec=3s\n' >/run/systemd/system.conf.d/check.conf
  systemctl daemon-reload
  equal "what other units have" 3s "$(systemctl show -P TimeoutStopUSec by-path)"
  systemctl stop wgns@vpn
  equal links lo "$(links inside vpn)"
  usual_time
  systemctl stop wgns-netns@vpn
}
usual_time() {
  rm -f /run/systemd/system.conf.d/check.conf
  systemctl daemon-reload
}

check_one_that_fails_undoes_the_start_and_its_last_words_are_in_the_journal() {
  with_hooks <<'T'
postUp = [{ command = "echo this is why >&2; exit 3" }]
preDown = [{ command = "sh /var/tmp/hook undone" }]
T
  systemctl start --no-block by-path
  eventually 20 in_journal wgns@vpn 'ended with status 3: this is why'
  systemctl stop wgns@vpn
  equal links lo "$(links inside vpn)"
  equal "failed units" "" "$(systemctl list-units --failed --plain --no-legend 'wgns-hook*')"
  systemctl stop wgns-netns@vpn
}

check_a_supervisor_that_is_killed_leaves_no_hook_behind() {
  local first
  with_hooks <<'T'
postUp = [{ command = "sleep 600 & wait" }]
T
  systemctl start --no-block wgns@vpn
  eventually 20 pgrep -fx 'sleep 600'
  first=$(pgrep -fx 'sleep 600')
  equal "its time" 45s "$(systemctl show -P TimeoutStartUSec wgns-hook-vpn)"
  kill -9 "$(main_pid wgns@vpn)"
  eventually 90 another_sleeps "$first"
  # Ended from outside, as at the end of its time.
  systemctl stop wgns-hook-vpn
  eventually 20 in_journal wgns@vpn 'the postUp hook `sleep 600 & wait`'
  systemctl stop wgns@vpn wgns-netns@vpn
  fails pgrep -fx 'sleep 600'
  gone vpn
}
# And only one.
another_sleeps() { local now; now=$(pgrep -fx 'sleep 600') && [[ $now != "$1" && $now != *[^0-9]* ]]; }

check_a_stop_in_the_midst_of_a_start_ends_the_hook_that_it_waits_for() {
  local before
  with_hooks <<'T'
postUp = [{ command = "sleep 600 & wait" }]
T
  systemctl start --no-block wgns@vpn
  eventually 20 pgrep -fx 'sleep 600'
  before=$SECONDS
  systemctl stop wgns@vpn
  ((SECONDS - before < 30)) || fail "the stop took $((SECONDS - before)) s"
  fails pgrep -fx 'sleep 600'
  in_journal wgns@vpn 'was interrupted'
  equal "failed units" "" "$(systemctl list-units --failed --plain --no-legend 'wgns*')"
  # Nobody else needs the namespace.
  eventually 20 is_in_state wgns-netns@vpn inactive
  gone vpn
}

check_without_systemd_run_the_start_fails_and_says_so() {
  local program
  program=$(command -v systemd-run)
  with_hooks <<'T'
postUp = [{ command = "true" }]
T
  mv "$program" "$program.away"
  systemctl start --no-block wgns@vpn
  eventually 20 in_journal wgns@vpn 'there is no systemd-run in PATH'
  mv "$program.away" "$program"
  systemctl stop wgns@vpn wgns-netns@vpn
  gone vpn
}

teardown() {
  local program
  program=$(command -v systemctl)
  [[ ! -e ${program%/*}/systemd-run.away ]] || mv "${program%/*}/systemd-run.away" "${program%/*}/systemd-run"
  rm -f "$seen.seen" /var/tmp/hook
  usual_time
  units_teardown
}
