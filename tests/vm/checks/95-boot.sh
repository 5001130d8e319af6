# shellcheck shell=bash
# The machine is started with the unit enabled, and with a service inside that is; the endpoint's name can be looked up
# only when the start is long over. before_reboot prepares that in the first run of the machine, the rest is of the second.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"
# shellcheck source=tests/vm/guest/names.sh
. "$HERE/guest/names.sh"

# What has to be there after the next start is on the disk.
disk=/var/lib/boot
if [[ -e /var/lib/checks-rebooted ]]; then WORK=$disk; fi

before_reboot() {
  mkdir -p "$disk"
  make_provider
  install_units
  client_config vpn 'engine = "auto"
readyTimeout = 3'
  sed -e 's/^endpoint = .*/endpoint = "provider.test:51820"/' -e "s|$WORK/keys|$disk/keys|" "$WORK/vpn.toml" >/etc/wgns/vpn.toml
  # What a hook sees while the machine goes down; nothing runs then that has to stop for that.
  cat >>/etc/wgns/vpn.toml <<T
[hooks]
postDown = [{ command = "echo \$(systemctl is-system-running) \$WGNS_NAMESPACE >$disk/went-down; ip -o link >>$disk/went-down" }]
T
  cp -r "$WORK/keys" "$HERE/guest" "$disk/"
  drop_provider
  echo "nameserver 127.0.0.1" >/etc/resolv.conf
  # The other disk is not there yet when the units start.
  rm -f /usr/local/bin/wgns
  cp "$HERE/wgns" /usr/local/bin/wgns

  cat >"$disk/provider" <<T
set -euo pipefail
export WORK=$disk HERE=$disk
. $disk/guest/lib.sh
new_key() { :; }
wg() { if [[ \$1 == genpsk ]]; then cat $disk/keys/shared; else command wg "\$@"; fi; }
cp $disk/keys/psk.key $disk/keys/shared
make_provider
T
  cat >"$units/provider.service" <<T
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/bash $disk/provider
[Install]
WantedBy=multi-user.target
T
  # A service that calls out from its first moment on, and writes down when it was answered.
  cat >"$units/inside.service" <<T
[Unit]
BindsTo=wgns-netns@vpn.service
After=wgns-netns@vpn.service
# Only so that what counts leaks is there before what could leak.
After=provider.service
[Service]
ExecStart=/bin/bash -c 'while :; do curl -sS -m 2 http://10.99.0.2/ >$disk/page; ping -c 1 -W 1 10.99.0.2; sleep 1; done'
NetworkNamespacePath=/run/netns/vpn
[Install]
WantedBy=multi-user.target
T
  # And two that `units confine` puts inside: a service, and a socket, which comes early.
  cat >"$units/confined.service" <<T
[Service]
ExecStart=/bin/bash -c 'while :; do getent hosts name.test >$disk/name; sleep 1; done'
[Install]
WantedBy=multi-user.target
T
  printf '[Socket]\nListenStream=127.0.0.1:8200\n[Install]\nWantedBy=sockets.target\n' >"$units/door.socket"
  printf '[Service]\nExecStart=/bin/sleep 1000\n' >"$units/door.service"
  systemctl daemon-reload
  wgns units confine vpn confined --install
  wgns units confine vpn door.socket --install
  systemctl enable --quiet provider inside confined door.socket wgns@vpn
  systemctl start wgns@vpn
  # The way down, as far as every unit is stopped but the one that runs this.
  mkdir -p /run/systemd/system/checks.service.d
  printf '[Unit]\nDefaultDependencies=no\n' >/run/systemd/system/checks.service.d/stays.conf
  printf '[Unit]\nDefaultDependencies=no\nRequires=shutdown.target\nAfter=shutdown.target\n' >/run/systemd/system/way-down.target
  systemctl daemon-reload
  systemctl start --job-mode=replace-irreversibly way-down.target
  [[ -s $disk/went-down ]]
}

check_when_the_machine_went_down_the_tunnel_was_closed_with_its_hooks() {
  equal state "stopping vpn" "$(head -n 1 "$disk/went-down")"
  contains links "$(cat "$disk/went-down")" "lo:"
  fails grep wg0 "$disk/went-down"
}

has_name() { [[ $(cat "$disk/name") == 10.64.0.77* ]]; }
has_page() { [[ $(cat "$disk/page") == "a page of the provider" ]]; }

check_the_machine_was_started_anew_and_nobody_started_anything() {
  [[ -e /var/lib/checks-rebooted ]]
  equal "the provider" active "$(state_of provider)"
  equal "the service inside" active "$(state_of inside)"
  equal "the namespace" active "$(state_of wgns-netns@vpn)"
}

check_the_tunnel_waits_for_its_name_and_the_start_of_the_machine_does_not() {
  equal "the tunnel" active "$(state_of wgns@vpn)"
  contains "the unit's status" "$(status_text)" "provider.test cannot be looked up yet"
  equal restarts 0 "$(systemctl show -P NRestarts wgns@vpn)"
  equal "multi-user.target" active "$(state_of multi-user.target)"
}

check_what_was_confined_is_inside_from_the_start() {
  equal "the service" active "$(state_of confined)"
  equal links "lo wg0" "$(links in_service confined)"
  equal "the socket" active "$(state_of door.socket)"
  [[ -n $(inside vpn ss -Hltn 'sport = :8200') ]]
  equal "sockets outside" "" "$(ss -Hltn 'sport = :8200')"
  equal "cycles" "" "$(journalctl -q -b -o cat --no-pager -g 'ordering cycle' || true)"
}

check_until_then_nothing_of_the_service_goes_out() {
  equal links "lo wg0" "$(links in_service inside)"
  fails has_page
  equal "what came out" 0 "$(leaks)"
  equal "what came out of the tunnel" 0 "$(tunnelled)"
}

check_when_the_name_is_there_the_tunnel_is_too() {
  local before
  before=$(main_pid inside)
  resolver_says 10.99.0.2
  resolver_starts
  # Half a minute is the longest pause between two questions.
  eventually 45 shook_hands
  eventually 20 has_page
  eventually 40 has_name
  eventually 45 status_is "vpn is up"
  equal "the service inside" "$before" "$(main_pid inside)"
  nothing_leaked
  leaks_are_counted
}
status_is() { [[ $(status_text) == "$1" ]]; }

check_stopping_the_namespace_leaves_nothing() {
  systemctl stop wgns-netns@vpn
  equal "the service inside" inactive "$(state_of inside)"
  equal "the confined one" inactive "$(state_of confined)"
  equal "the socket" inactive "$(state_of door.socket)"
  gone vpn
}
