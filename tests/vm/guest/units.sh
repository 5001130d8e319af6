# shellcheck shell=bash
# The shipped units with two services inside, for one engine after the other. Sourced after lib.sh by files of checks.
#
#   by-path   NetworkNamespacePath=/run/netns/vpn       each talks to the provider's echo server over one connection,
#   by-join   JoinsNamespaceOf= and PrivateNetwork=     which it never opens again: what it said last is in $WORK/talk

units=/usr/local/lib/systemd/system

# install_units: what `make install` has put into a folder.
install_units() {
  mkdir -p "$units"
  cp "$HERE"/install/usr/local/lib/systemd/system/* "$units/"
  mkdir -p /etc/wgns "$WORK/talk"
  cat >"$WORK/talker" <<'T'
trap '' PIPE
exec 3<>/dev/tcp/10.64.0.1/7 4<> <(:)
n=0
while :; do
  n=$((n + 1))
  echo "$n" >&3
  while read -r -t 3 answer <&3; [[ $answer != "$n" ]]; do read -r -t 0.2 <&4; done
  echo "$n" >"/var/checks/talk/$1"
  read -r -t 0.1 <&4
done 2>/dev/null
T
  local name
  for name in by-path by-join; do
    cat >"$units/$name.service" <<T
[Unit]
BindsTo=wgns-netns@vpn.service
After=wgns-netns@vpn.service
Wants=wgns@vpn.service
After=wgns@vpn.service
$([[ $name != by-join ]] || echo JoinsNamespaceOf=wgns-netns@vpn.service)
[Service]
ExecStart=/bin/bash $WORK/talker $name
$([[ $name == by-join ]] && echo PrivateNetwork=yes || echo NetworkNamespacePath=/run/netns/vpn)
T
  done
  systemctl daemon-reload
}

# units_config ENGINE: /etc/wgns/vpn.toml
units_config() {
  client_config vpn "engine = \"$1\""
  cp "$WORK/vpn.toml" /etc/wgns/vpn.toml
}

units_setup() {
  make_provider
  install_units
  units_config "$1"
}

units_teardown() {
  systemctl stop by-path by-join wgns@vpn wgns-netns@vpn || true
  systemctl stop download 2>/dev/null || true
  rm -f "$WORK/download" "$WORK"/talk/*
  systemctl reset-failed
  rm -f "$units"/by-*.service "$units"/wgns* /etc/wgns/vpn.toml
  systemctl daemon-reload
}

main_pid() { systemctl show -P MainPID "$@"; }
state_of() { systemctl show -P ActiveState "$1"; }
is_in_state() { [[ $(state_of "$1") == "$2" ]]; }
status_text() { systemctl show -P StatusText wgns@vpn; }
status_says() { [[ $(status_text) == *"$1"* ]]; }
journal_of() { journalctl -q -o cat --no-pager -u "$1"; }
shook_hands() { [[ $(provider_field vpn 5) -gt 0 ]]; }
talked() { local said=0; [[ ! -s $WORK/talk/$1 ]] || read -r said <"$WORK/talk/$1" || true; echo "${said:-0}"; }
has_said_more() { [[ $(talked "$1") -gt $2 ]]; }

# Each of the two goes on talking over its connection, and the download comes on.
connections_go_on() {
  local name before
  for name in by-path by-join; do
    before=$(talked "$name")
    eventually 40 has_said_more "$name" "$before"
  done
  if [[ -e $WORK/download ]]; then download_goes_on; fi
}

# A command where a service is: its netns.
in_service() { local pid; pid=$(main_pid "$1"); shift; nsenter -t "$pid" -n "$@"; }

# remember: what has to be the same after a restart, a reload and a crash.
same_as_ever() {
  printf '%s\n' "by-path and by-join" "$(main_pid by-path by-join)" "wg0 $(inside vpn ip -j link show wg0 | jq '.[0].ifindex')" \
    "netns $(stat -L -c %i /run/netns/vpn)" "engine $(pgrep -x wireguard-go || true)"
  # It opens no second connection.
  if [[ -e $WORK/download ]]; then main_pid download; fi
}

units_start_pulls_the_tunnel_in_and_both_are_in_one_namespace() {
  systemctl start by-path by-join
  equal state active "$(state_of wgns-netns@vpn)"
  equal state active "$(state_of wgns@vpn)"
  local name
  for name in by-path by-join; do
    equal "the netns of $name" "net:[$(stat -L -c %i /run/netns/vpn)]" "$(readlink "/proc/$(main_pid "$name")/ns/net")"
    equal links "lo wg0" "$(links in_service "$name")"
    equal page "a page of the provider" "$(in_service "$name" curl -sS -m 20 http://10.64.0.1/)"
    equal page "a page of the provider" "$(in_service "$name" curl -sS -m 20 http://10.99.0.2/)"
  done
  connections_go_on
  equal holder wgns-netns@vpn.service "$(wgns status vpn --json | jq -r '.namespaces[0].holder')"
  nothing_leaked
  [[ $(tunnelled) -gt 0 ]]
  # For the checks after this one.
  download_begins
}

units_restart_keeps_services_and_connections() {
  local before
  before=$(same_as_ever)
  local handshake
  handshake=$(provider_field vpn 5)
  systemctl restart wgns@vpn
  equal "what a restart keeps" "$before" "$(same_as_ever)"
  [[ $(provider_field vpn 5) -ge $handshake ]]
  connections_go_on
  nothing_leaked
}

units_reload_changes_what_changed_and_keeps_the_rest() {
  local before supervisor
  before=$(same_as_ever) supervisor=$(main_pid wgns@vpn)
  sed -i 's/^allowedIPs = .*/&\npersistentKeepalive = 17/' /etc/wgns/vpn.toml
  systemctl reload wgns@vpn
  equal keepalive 17 "$(provider_field vpn 8)"
  equal "what a reload keeps" "$before" "$(same_as_ever)"
  equal "the supervisor" "$supervisor" "$(main_pid wgns@vpn)"
  connections_go_on
}

units_reload_of_a_broken_configuration_fails_and_says_why() {
  local before
  before=$(same_as_ever)
  cp /etc/wgns/vpn.toml "$WORK/good.toml"
  sed -i 's/^interfaceName/interfaceNmae/' /etc/wgns/vpn.toml
  fails systemctl reload wgns@vpn
  eventually 10 in_journal wgns@vpn 'did you mean "interfaceName"'
  cp "$WORK/good.toml" /etc/wgns/vpn.toml
  equal state active "$(state_of wgns@vpn)"
  equal "what a failed reload keeps" "$before" "$(same_as_ever)"
  connections_go_on
}
in_journal() { [[ $(journal_of "$1") == *"$2"* ]]; }

units_kill_9_keeps_services_and_connections() {
  local before supervisor
  before=$(same_as_ever) supervisor=$(main_pid wgns@vpn)
  kill -9 "$supervisor"
  eventually 10 test ! -e "/proc/$supervisor"
  download_goes_on
  eventually 90 is_another_supervisor "$supervisor"
  equal restarts 1 "$(systemctl show -P NRestarts wgns@vpn)"
  equal "what a crash keeps" "$before" "$(same_as_ever)"
  connections_go_on
  nothing_leaked
}
is_another_supervisor() { is_in_state wgns@vpn active && [[ $(main_pid wgns@vpn) != "$1" ]]; }

# One answer over one connection of by-path's netns, which has no end: the line numbers of $WORK/download, so fast that none
# is lost and none comes twice, and so slow that the slowest machine keeps up.
download_begins() {
  cat >"$WORK/count" <<'T'
n=0
exec 3<> <(:)
while printf '%099d\n' $((n += 1)); do read -r -t 0.05 <&3; done
T
  rm -f "$WORK/download"
  provider setsid socat TCP4-LISTEN:8,reuseaddr EXEC:"bash $WORK/count" >/dev/null 2>&1 </dev/null &
  systemd-run --quiet --collect --unit=download -p NetworkNamespacePath=/run/netns/vpn \
    socat -u TCP4:10.64.0.1:8,retry=20 "CREATE:$WORK/download"
  eventually 40 has_come 1
}
# Whole lines.
come() { wc -l 2>/dev/null <"$WORK/download" || echo 0; }
has_come() { [[ $(come) -ge $1 ]]; }
download_goes_on() { eventually 60 has_come $(($(come) + 10)); }

# By now it has been through all of these.
units_a_download_went_on_through_kill_9_restart_and_reload() {
  local lines
  [[ $(main_pid download) -gt 0 ]]
  download_goes_on
  systemctl stop download
  # Line for line what it was to be.
  lines=$(come)
  cmp <(head -n "$lines" "$WORK/download") <(seq -f %099.0f "$lines")
  rm "$WORK/download"
  nothing_leaked
}

units_stop_closes_the_tunnel_and_leaves_services_in_a_closed_namespace() {
  local path join seen
  path=$(main_pid by-path) join=$(main_pid by-join)
  systemctl stop wgns@vpn
  equal state active "$(state_of wgns-netns@vpn)"
  equal by-path "$path" "$(main_pid by-path)"
  equal by-join "$join" "$(main_pid by-join)"
  fails pgrep -x wireguard-go
  equal links lo "$(links in_service by-path)"
  seen=$(tunnelled)
  fails in_service by-path curl -sS -m 2 http://10.64.0.1/
  fails in_service by-join curl -sS -m 2 http://10.99.0.2/
  fails in_service by-join ping -c 1 -W 1 10.99.0.2
  nothing_leaked
  equal "what came out of a closed tunnel" "$seen" "$(tunnelled)"
  leaks_are_counted
  # Nor does down take away what the unit holds.
  wgns down --force vpn
  equal links lo "$(links in_service by-path)"
  [[ -e /run/netns/vpn ]]
}

units_start_again_gives_services_their_network_back() {
  local path
  path=$(main_pid by-path)
  systemctl start wgns@vpn
  equal by-path "$path" "$(main_pid by-path)"
  connections_go_on
  equal page "a page of the provider" "$(in_service by-join curl -sS -m 20 http://10.64.0.1/)"
  nothing_leaked
}

units_stop_of_the_namespace_stops_everything_and_leaves_nothing() {
  systemctl stop wgns-netns@vpn
  local unit
  for unit in by-path by-join wgns@vpn wgns-netns@vpn; do
    equal "the state of $unit" inactive "$(state_of "$unit")"
  done
  gone vpn
  nothing_leaked
}
