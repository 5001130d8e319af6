# shellcheck shell=bash
# `wgns units confine`: services that see the namespace's resolver and no socket of the host's, whatever comes and goes.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"
# shellcheck source=tests/vm/guest/confined.sh
. "$HERE/guest/confined.sh"

setup() { confined_setup; }

check_install_writes_reloads_and_says_nothing_changed_the_second_time() {
  contains words "$(wgns units confine vpn looker --install)" "wrote /etc/systemd/system/looker.service.d/zz-wgns.conf"
  equal words "nothing changed" "$(wgns units confine vpn looker.service --install)"
  contains "what is printed" "$(wgns units confine vpn dynamic)" "BindPaths=-/run/dynamic"
  contains "what is printed" "$(wgns units confine vpn looker)" "BindPaths=-/etc/looker.d"
  wgns units confine vpn dynamic --install --join
  wgns units confine vpn echoer --install
  equal words "" "$(systemd-analyze verify --man=no looker.service dynamic.service echoer.service wgns-etc@vpn.service 2>&1)"
}

check_a_file_of_somebody_elses_is_left_alone() {
  mkdir -p /etc/systemd/system/stranger.service.d
  echo "[Service]" >/etc/systemd/system/stranger.service.d/zz-wgns.conf
  fails wgns units confine vpn stranger --install
  equal content "[Service]" "$(cat /etc/systemd/system/stranger.service.d/zz-wgns.conf)"
  rm -r /etc/systemd/system/stranger.service.d
}

check_a_service_that_is_not_there_is_warned_about() {
  contains words "$(wgns units confine vpn no-such-thing 2>&1)" "systemd has no unit no-such-thing.service"
}

check_a_service_of_an_ordinary_user_sees_only_the_namespace() {
  starts looker
  equal state active "$(state_of wgns@vpn)"
  sees_only_the_namespace
}

check_a_service_that_binds_the_hosts_run_itself_loses_it_when_it_is_confined() {
  mkdir -p "$units/looker.service.d"
  printf '[Service]\nBindPaths=/run /opt\nBindReadOnlyPaths=/etc\n' >"$units/looker.service.d/override.conf"
  systemctl daemon-reload
  # The control: of two binds the unit's own is made.
  systemctl restart looker
  contains "what the service sees" "$(looks)" "bus there"
  contains words "$(wgns units confine vpn looker --install)" "changed /etc/systemd/system/looker.service.d/zz-wgns.conf"
  equal words "nothing changed" "$(wgns units confine vpn looker --install)"
  systemctl restart looker
  sees_only_the_namespace
  contains "its binds" "$(systemctl show -p BindPaths looker)" "/opt"
  # As tor's: what can be written to goes before what is private, too.
  printf '[Service]\nReadWritePaths=-/run /opt\n' >"$units/looker.service.d/override.conf"
  systemctl daemon-reload
  systemctl restart looker
  contains "what the service sees" "$(looks)" "bus there"
  wgns units confine vpn looker --install
  systemctl restart looker
  sees_only_the_namespace
  rm -r "$units/looker.service.d"
  systemctl daemon-reload
  wgns units confine vpn looker --install
  systemctl restart looker
  sees_only_the_namespace
}

check_a_dynamic_user_has_its_name_its_runtime_directory_its_credential_its_notify_and_the_journal() {
  starts dynamic
  equal user dynamic "$(cat /run/dynamic/user)"
  equal credential secret "$(cat /run/dynamic/word)"
  contains resolv.conf "$(cat /var/lib/dynamic/resolv)" "nameserver 10.64.0.1"
  eventually 10 in_journal dynamic "I am dynamic"
  equal "the netns" "net:[$(stat -L -c %i /run/netns/vpn)]" "$(readlink "/proc/$(main_pid dynamic)/ns/net")"
}

check_nscd_and_resolved_that_come_late_are_not_seen() {
  systemctl start nscd systemd-resolved
  eventually 10 test -S /run/nscd/socket
  eventually 10 test -S /run/systemd/resolve/io.systemd.Resolve
  sees_only_the_namespace
  systemctl restart nscd systemd-resolved
  sees_only_the_namespace
  systemctl restart looker
  sees_only_the_namespace
  systemctl stop nscd systemd-resolved
  sees_only_the_namespace
  systemctl start nscd systemd-resolved
  sees_only_the_namespace
}

check_a_resolv_conf_that_is_a_link_to_resolveds_or_renamed_over_is_not_seen() {
  ln -sfn /run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
  sees_only_the_namespace
  systemctl restart looker
  sees_only_the_namespace
  echo "nameserver 192.0.2.1" >/etc/resolv.conf.new
  mv /etc/resolv.conf.new /etc/resolv.conf
  echo "hosts: resolve" >/etc/nsswitch.conf.new
  cp /etc/nsswitch.conf "$WORK/nsswitch.before"
  mv /etc/nsswitch.conf.new /etc/nsswitch.conf
  sees_only_the_namespace
  ln -sfn ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
  sees_only_the_namespace
  rm /etc/resolv.conf /etc/nsswitch.conf
  sees_only_the_namespace
  systemctl restart looker
  sees_only_the_namespace
  cp "$WORK/nsswitch.before" /etc/nsswitch.conf
  echo "# no resolver out here" >/etc/resolv.conf
}

check_a_changed_dns_server_reaches_a_running_service() {
  cp /etc/wgns/vpn.toml "$WORK/good.toml"
  sed -i 's/^dns_server = .*/dns_server = "10.64.0.53"/' /etc/wgns/vpn.toml
  systemctl reload wgns@vpn
  contains "what the service sees" "$(looks)" "server 10.64.0.53"
  cp "$WORK/good.toml" /etc/wgns/vpn.toml
  systemctl reload wgns@vpn
  sees_only_the_namespace
}

check_a_service_writes_its_own_directory_of_etc_and_no_other() {
  local pid
  pid=$(main_pid looker)
  nsenter -t "$pid" -m setpriv --reuid looker --clear-groups sh -c 'echo mine >/etc/looker.d/settings'
  equal settings mine "$(cat /etc/looker.d/settings)"
  fails nsenter -t "$pid" -m sh -c 'echo theirs >/etc/elsewhere'
  [[ ! -e /etc/elsewhere ]]
}

check_services_that_start_often_do_not_keep_the_others_from_starting() {
  local i
  for i in 1 2 3 4 5 6 7 8; do systemctl start wgns-etc@vpn; done
  systemctl restart looker
  sees_only_the_namespace
}

check_a_service_that_shares_somebody_elses_namespaces_is_not_confined() {
  mkdir -p "$units/echoer.service.d"
  printf '[Unit]\nJoinsNamespaceOf=dynamic.service\n' >"$units/echoer.service.d/joins.conf"
  systemctl daemon-reload
  fails wgns units confine vpn echoer
  rm -r "$units/echoer.service.d"
  systemctl daemon-reload
}

check_a_user_that_was_added_is_known_to_a_service_that_starts_then() {
  useradd --system latecomer
  systemctl restart looker
  sees_only_the_namespace
  nsenter -t "$(main_pid looker)" -m id latecomer
  userdel latecomer
}

check_a_vsock_cannot_be_made() {
  systemctl stop echoer
  mkdir -p "$units/echoer.service.d"
  printf '[Service]\nExecStart=\nExecStart=-/usr/bin/socat -u VSOCK-CONNECT:2:1 -\nRestrictAddressFamilies=\n' >"$units/echoer.service.d/zzz.conf"
  systemctl daemon-reload
  # The control: with the list taken away the kernel is asked, and says something else.
  systemctl start echoer
  eventually 10 is_in_state echoer inactive
  fails in_journal echoer "Address family not supported"
  printf '[Service]\nExecStart=\nExecStart=-/usr/bin/socat -u VSOCK-CONNECT:2:1 -\n' >"$units/echoer.service.d/zzz.conf"
  systemctl daemon-reload
  systemctl start echoer
  eventually 10 in_journal echoer "Address family not supported"
  rm -r "$units/echoer.service.d"
  systemctl daemon-reload
}

check_a_vsock_cannot_be_made_where_a_later_drop_in_takes_another_family_away() {
  mkdir -p "$units/echoer.service.d"
  printf '[Service]\nExecStart=\nExecStart=/bin/bash -c "socat -u VSOCK-CONNECT:2:1 - 2>&1 | sed s/^/later:/"\nRestrictAddressFamilies=~AF_PACKET\n' \
    >"$units/echoer.service.d/override.conf"
  systemctl daemon-reload
  systemctl restart echoer
  eventually 10 in_journal echoer "later:"
  contains words "$(journal_of echoer | grep later:)" "Address family not supported"
  rm -r "$units/echoer.service.d"
  systemctl daemon-reload
}

check_an_alias_is_confined_by_the_units_own_name() {
  ln -s looker.service "$units/watcher.service"
  systemctl daemon-reload
  contains words "$(wgns units confine vpn watcher --install)" "watcher.service is another name of looker.service"
  [[ ! -e /etc/systemd/system/watcher.service.d && -e /etc/systemd/system/looker.service.d/zz-wgns.conf ]]
  contains words "$(wgns units remove vpn watcher --dry-run)" "would remove /etc/systemd/system/looker.service.d/zz-wgns.conf"
  rm "$units/watcher.service"
  systemctl daemon-reload
}

check_a_socket_that_comes_before_the_namespace_is_not_confined() {
  printf '[Unit]\nBefore=sockets.target\n[Socket]\nListenStream=127.0.0.1:8200\n' >"$units/front.socket"
  printf '[Service]\nExecStart=/bin/sleep 1000\n' >"$units/front.service"
  systemctl daemon-reload
  fails wgns units confine vpn front.socket --install
  [[ ! -e /etc/systemd/system/front.socket.d ]]
  printf '[Socket]\nListenStream=127.0.0.1:8200\n' >"$units/front.socket"
  systemctl daemon-reload
  contains words "$(wgns units confine vpn front.socket --install 2>&1)" "front.socket starts front.service, which is not inside"
  wgns units remove vpn front.socket
  rm "$units"/front.{socket,service}
  systemctl daemon-reload
}

check_an_io_uring_that_makes_sockets_unseen_cannot_be_made() {
  mkdir -p "$units/echoer.service.d"
  install -m 755 "$HERE/talker" /var/looker/talker
  printf '[Service]\nExecStart=\nExecStart=/var/looker/talker uring 1\nSystemCallFilter=\n' >"$units/echoer.service.d/zzz.conf"
  systemctl daemon-reload
  # The control: without the filter a socket is made.
  systemctl restart echoer
  eventually 10 in_journal echoer "made"
  printf '[Service]\nExecStart=\nExecStart=/var/looker/talker uring 1\n' >"$units/echoer.service.d/zzz.conf"
  systemctl daemon-reload
  systemctl restart echoer
  eventually 10 in_journal echoer "Function not implemented"
  rm -r "$units/echoer.service.d"
  systemctl daemon-reload
}

check_verify_finds_no_way_out_and_names_a_process_that_was_not_confined() {
  local words
  words=$(wgns verify vpn) || { printf '%s\n' "$words"; fail "verify found a way out"; }
  contains words "$words" "unit looker.service: its processes are inside"
  contains words "$words" "name resolution: 10.64.0.1 answered, and the tunnel received as much"
  contains words "$words" "tunnel wg0: socket: UDP port"
  systemd-run --quiet --collect --unit=stranger -p NetworkNamespacePath=/run/netns/vpn sleep 100
  fails wgns verify vpn
  equal outcome failed "$(wgns verify vpn --json | jq -r --arg check "process sleep ($(main_pid stranger))" '.findings[] | select(.check == $check).outcome')"
  systemctl stop stranger
}

check_status_lists_what_is_attached() {
  contains status "$(wgns status vpn)" "looker.service"
  equal units "looker.service active" "$(wgns status vpn --json | jq -r '.namespaces[0].units[] | select(.unit == "looker.service") | "\(.unit) \(.state)"')"
}

check_a_stop_of_the_tunnel_leaves_it_running_and_follow_stops_and_starts_it() {
  local pid
  pid=$(main_pid looker)
  systemctl stop wgns@vpn
  equal looker "$pid" "$(main_pid looker)"
  systemctl start wgns@vpn
  wgns units confine vpn looker --install --follow
  equal words "" "$(systemd-analyze verify --man=no looker.service wgns@vpn.service 2>&1)"
  systemctl restart looker
  systemctl stop wgns@vpn
  eventually 20 is_in_state looker inactive
  systemctl start wgns@vpn
  eventually 20 is_in_state looker active
  sees_only_the_namespace
  pid=$(main_pid wgns@vpn)
  kill -9 "$pid"
  eventually 90 is_another_supervisor "$pid"
  eventually 40 is_in_state looker active
}

check_remove_takes_back_exactly_what_was_written() {
  local before
  before=$(wgns units remove vpn --dry-run)
  contains words "$before" "would remove /etc/systemd/system/looker.service.d/zz-wgns.conf"
  contains words "$(wgns units remove vpn looker)" "removed /etc/systemd/system/wgns@vpn.service.d/50-wgns-looker.service.conf"
  [[ ! -e /etc/systemd/system/looker.service.d && -e /etc/systemd/system/dynamic.service.d/zz-wgns.conf ]]
  wgns units remove vpn
  equal words "nothing to remove" "$(wgns units remove vpn)"
  equal "what is left" "" "$(find /etc/systemd/system -name '*wgns*')"
}

check_nothing_went_out_beside_the_tunnel() {
  nothing_leaked
  leaks_are_counted
}

check_nothing_is_left() {
  systemctl stop looker dynamic echoer
  systemctl stop wgns-netns@vpn
  gone vpn
  [[ ! -e /run/wgns/vpn.etc ]] || fail "/run/wgns/vpn.etc is left"
  fails grep -q /run/wgns /proc/self/mountinfo
}

teardown() { confined_teardown; }
