# shellcheck shell=bash
# of several machines only: trixie
# The lab of the leak suite with the kernel's own WireGuard: a program that sends by every kind of socket from the first instant
# of a namespace on, and a capture on the machine's wire. 89-wire.sh does the same with services and their units.

setup() {
  make_provider
  # Whatever has no way of its own goes by the wire, as it would to a machine's router.
  ip route add default via 10.99.0.2
  ip -6 route add default via fd99::2
  client_config vpn
  systemd-run --quiet --collect --unit=capture -p Type=simple tcpdump -i out0 -n -U --immediate-mode -w "$WORK/street.pcap"
  eventually 20 capture_runs
}
capture_runs() { [[ $(journalctl -q -o cat --no-pager -u capture) == *"listening on out0"* ]]; }

# The tunnel's packets, and what neighbours say to each other about themselves.
own='(udp port 51820 and host 10.99.0.1 and host 10.99.0.2) or (icmp[0] == 3 and icmp[1] == 3) or arp or (icmp6 and (ip6[40] >= 130 and ip6[40] <= 136)) or (icmp6 and ip6[40] == 143) or ip6 proto 0'
seen() { tcpdump -r "$WORK/street.pcap" -n "$1" 2>/dev/null | wc -l; }
nothing_beside() {
  nap 1
  equal "$1: packets beside the tunnel" '' "$(tcpdump -r "$WORK/street.pcap" -n "not ($own)" 2>/dev/null | head -n 20)"
  equal "$1: what the provider counted" 0 "$(leaks)"
}

# talks NETNS: from its first instant on.
talks() {
  systemd-run --quiet --collect --unit=talker -p Type=simple "$HERE/talker" shoot "$1" 0 10.99.0.2 10.64.0.1 192.0.2.1 fd99::2 2001:db8::1
}
is_inside() { [[ $(journalctl -q -o cat --no-pager -u talker --since "@$1") == *inside* ]]; }
hushes() { systemctl stop talker; }

check_from_the_first_instant_of_up_nothing_goes_out_beside_the_tunnel() {
  local began=$EPOCHSECONDS
  talks vpn
  wgns up "$WORK/vpn.toml" --wait
  eventually 10 is_inside "$began"
  nothing_beside "during up"
  [[ $(seen 'udp port 51820') -gt 20 ]]
  sed -i 's/^dns_server = .*/dns_server = "10.64.0.53"/' "$WORK/vpn.toml"
  wgns reload "$WORK/vpn.toml"
  nothing_beside "in a reload"
}

check_with_the_device_deleted_or_the_endpoint_dead_nothing_goes_out() {
  ip -n vpn link delete wg0
  nothing_beside "with the device deleted"
  wgns up "$WORK/vpn.toml"
  provider ip link delete pwg
  nothing_beside "with nobody at the endpoint"
}

check_down_with_a_program_inside_lets_nothing_out() {
  fails wgns down vpn
  nothing_beside "closed"
  wgns down --force vpn
  nothing_beside "without its name"
  hushes
  gone vpn
}

check_an_up_that_fails_lets_nothing_out() {
  local began=$EPOCHSECONDS
  client_config broken
  sed -i 's|^ips = .*|ips = ["10.64.0.2/24", "ff02::5/128"]|' "$WORK/broken.toml"
  talks broken
  fails wgns up "$WORK/broken.toml"
  eventually 10 is_inside "$began"
  nothing_beside "in an up that failed"
  hushes
  gone broken
}

check_the_capture_sees_what_the_same_program_does_outside() {
  "$HERE/talker" shoot - 1 10.99.0.2 192.0.2.1 fd99::2 2001:db8::1
  local kind
  for kind in 'udp dst port 4242 and ip' 'udp dst port 4242 and ip6' 'tcp dst port 80 and ip' 'tcp dst port 80 and ip6' 'udp dst port 53' 'tcp dst port 53' \
    'tcp dst port 853' 'icmp[0] == 8' 'icmp6[0] == 128' 'ip proto 253' 'ip proto 136' 'dst host 255.255.255.255' 'dst host 224.0.0.251' 'ip6 dst host ff02::fb'; do
    eventually 10 the_capture_saw "$kind"
  done
  [[ $(leaks) -gt 0 ]]
}
the_capture_saw() { [[ $(seen "($1) and not ($own)") -gt 0 ]]; }

teardown() {
  systemctl stop talker capture 2>/dev/null || true
  wgns down --force vpn || true
  ip route delete default || true
  ip -6 route delete default || true
  drop_provider
}
