# shellcheck shell=bash
# The kernel's WireGuard: what `up` makes is what was described, and what is outside stays outside.

setup() {
  make_provider
  client_config vpn 'listenPort = 41820
mtu = 1380
fwMark = 0x77'
  sed -i 's/^allowedIPs = .*/&\npersistentKeepalive = 21/' "$WORK/vpn.toml"
}

check_the_kernel_has_WireGuard() {
  modprobe wireguard
  [[ -d /sys/module/wireguard ]]
}

check_check_finds_nothing_wrong() {
  wgns check "$WORK/vpn.toml"
}

check_up_waits_for_a_handshake() {
  hears_links "$WORK/monitor"
  wgns up --wait --verbose "$WORK/vpn.toml"
  heard_links "$WORK/monitor"
  local handshake
  handshake=$(inside vpn wg show wg0 latest-handshakes | cut -f2)
  [[ $handshake -gt 0 ]]
  [[ $(provider wg show pwg latest-handshakes | cut -f2) -gt 0 ]]
}

check_the_engine_is_the_kernel() {
  inside vpn ip -d link show wg0
  equal "the kind" wireguard "$(inside vpn ip -j -d link show wg0 | jq -r '.[0].linkinfo.info_kind')"
  fails pgrep -x wireguard-go
}

check_the_device_was_never_in_the_host() {
  cat "$WORK/monitor"
  grep -qw heard0 "$WORK/monitor"
  fails grep -E '\bwg0\b|wgns-' "$WORK/monitor"
  # The monitor does see such links that are made in the host.
  hears_links "$WORK/control"
  ip link add wg0 type wireguard
  ip link delete wg0
  heard_links "$WORK/control"
  grep -q '\bwg0\b' "$WORK/control"
}

check_wg_shows_what_was_configured() {
  local wanted
  wanted="$(cat "$(key client)")	$(pub client)	41820	0x77
$(pub provider)	$(cat "$(key psk)")	10.99.0.2:51820	0.0.0.0/0,::/0	21"
  equal "wg show dump" "$wanted" "$(inside vpn wg show wg0 dump | awk -F '\t' -v OFS='\t' 'NR == 1 { print; next } { print $1, $2, $3, $4, $8 }')"
}

check_the_link_has_its_addresses_routes_and_mtu() {
  equal mtu 1380 "$(inside vpn ip -j link show wg0 | jq '.[0].mtu')"
  equal addresses "10.64.0.2/24
fd64::2/64" "$(inside vpn ip -j address show wg0 scope global | jq -r '.[].addr_info[] | "\(.local)/\(.prefixlen)"')"
  equal "IPv4 routes" "default dev wg0
10.64.0.0/24 dev wg0" "$(inside vpn ip -j route | jq -r '.[] | "\(.dst) dev \(.dev)"')"
  equal "the IPv6 default route" wg0 "$(inside vpn ip -j -6 route show default | jq -r '.[].dev')"
  equal links "lo wg0" "$(links inside vpn)"
}

check_the_UDP_socket_is_outside() {
  ss -lun | grep -q ':41820'
  equal "the UDP sockets inside" '' "$(inside vpn ss -Hlun)"
}

check_status_tells_all_of_it() {
  wgns status vpn
  wgns status vpn --json >"$WORK/status"
  equal "the engine" kernel "$(jq -r '.namespaces[0].interfaces[0].engine' "$WORK/status")"
  equal "the state" up "$(jq -r '.namespaces[0].state' "$WORK/status")"
  equal "the peer" "$(pub provider) true 10.99.0.2:51820 0.0.0.0/0,::/0 21" "$(jq -r '.namespaces[0].interfaces[0].peers[0]
    | "\(.publicKey) \(.presharedKey) \(.endpoint) \(.allowedIPs | join(",")) \(.persistentKeepalive)"' "$WORK/status")"
  equal "the handshake" "$(inside vpn wg show wg0 latest-handshakes | cut -f2)" \
    "$(jq '.namespaces[0].interfaces[0].peers[0].latestHandshake' "$WORK/status")"
}

check_a_second_up_has_nothing_to_do() {
  contains "up" "$(wgns up "$WORK/vpn.toml")" "nothing to do"
  contains "plan" "$(wgns plan "$WORK/vpn.toml")" "nothing to do"
}

check_ping_and_a_page_come_through_the_tunnel() {
  wgns exec vpn -- ping -c 2 -W 5 10.64.0.1
  wgns exec vpn -- ping -c 2 -W 5 fd64::1
  equal "the page" "a page of the provider" "$(wgns exec vpn -- curl -sS -m 20 http://10.64.0.1/)"
  equal "the page by IPv6" "a page of the provider" "$(wgns exec vpn -- curl -sS -m 20 'http://[fd64::1]/')"
}

check_nothing_went_out_beside_it() {
  nothing_leaked
  [[ $(tunnelled) -gt 4 ]]
  leaks_are_counted
}

# The link that is there goes out of use in several ways; each time programs inside try what they can.
check_without_the_tunnel_nothing_gets_out() {
  local before after
  provider ip link set pwg down
  before=$(leaks)
  fails wgns exec vpn -- ping -c 1 -W 1 10.64.0.1
  inside vpn ip link set wg0 down
  fails wgns exec vpn -- ping -c 1 -W 1 10.99.0.2
  inside vpn ip link delete wg0
  fails wgns exec vpn -- ping -c 1 -W 1 10.99.0.2
  fails wgns exec vpn -- ping -c 1 -W 1 fd99::2
  fails wgns exec vpn -- curl -sS -m 2 http://10.99.0.2/
  after=$(leaks)
  equal "what came out beside the tunnel" "$before" "$after"
  curl -sS -m 10 http://10.99.0.2/ >/dev/null
  [[ $(leaks) -gt $after ]]
  provider ip link set pwg up
  provider ip address replace fd64::1/64 dev pwg nodad
}

check_up_puts_a_lost_link_back() {
  wgns up --wait "$WORK/vpn.toml"
  wgns exec vpn -- ping -c 1 -W 5 10.64.0.1
  wgns exec vpn -- ping -c 1 -W 5 fd64::1
}

check_down_leaves_nothing() {
  wgns down vpn
  gone vpn
  equal "UDP sockets on the port" '' "$(ss -Hlun sport = :41820)"
}
