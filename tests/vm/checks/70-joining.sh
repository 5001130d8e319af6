# shellcheck shell=bash
# The namespace is an ordinary one: `ip netns exec` and systemd take it, and see lo and the tunnel only.

setup() {
  make_provider
  client_config vpn
  wgns up --wait "$WORK/vpn.toml"
}

check_ip_netns_exec_sees_the_tunnel_and_its_resolver() {
  equal links "lo wg0" "$(links ip netns exec vpn)"
  contains resolv.conf "$(ip netns exec vpn cat /etc/resolv.conf)" "nameserver 10.64.0.1"
  equal page "a page of the provider" "$(ip netns exec vpn curl -sS -m 20 http://10.64.0.1/)"
}

check_exec_sees_the_tunnel_and_its_resolver() {
  equal links "lo wg0" "$(links wgns exec vpn --)"
  contains resolv.conf "$(wgns exec vpn -- cat /etc/resolv.conf)" "nameserver 10.64.0.1"
  contains nsswitch.conf "$(wgns exec vpn -- cat /etc/nsswitch.conf)" "files dns"
  equal "the user" nobody "$(wgns exec vpn --user nobody -- id -un)"
}

in_unit() { systemd-run --quiet --wait --pipe --collect -p NetworkNamespacePath=/run/netns/vpn "$@"; }

check_a_systemd_unit_sees_only_lo_and_the_tunnel() {
  equal links "lo wg0" "$(links in_unit)"
  equal links "lo wg0" "$(links in_unit -p DynamicUser=yes)"
}

check_a_systemd_unit_fetches_through_the_tunnel() {
  equal page "a page of the provider" "$(in_unit curl -sS -m 20 http://10.64.0.1/)"
  equal page "a page of the provider" "$(in_unit curl -sS -m 20 http://10.99.0.2/)"
  nothing_leaked
}

check_down_keeps_the_namespace_for_a_unit_that_runs_inside() {
  systemd-run --quiet --collect --unit=stays -p NetworkNamespacePath=/run/netns/vpn sleep 1000
  local pid
  pid=$(systemctl show -P MainPID stays)
  fails wgns down vpn
  [[ -e /run/netns/vpn ]]
  equal links "lo" "$(links nsenter -t "$pid" -n)"
  fails nsenter -t "$pid" -n ping -c 1 -W 1 10.99.0.2
  wgns up --wait "$WORK/vpn.toml"
  nsenter -t "$pid" -n ping -c 1 -W 5 10.64.0.1
  nothing_leaked
  systemctl stop stays
}

teardown() {
  wgns down vpn
  gone vpn
}
