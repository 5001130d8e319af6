# shellcheck shell=bash
# of several machines only: trixie
# Changes of a live device: nothing that stays is dropped, and a large device is set and read back whole.

setup() {
  make_provider
  new_key other
  client_config vpn 'listenPort = 41820'
  wgns up --wait "$WORK/vpn.toml"
  provider socat TCP-LISTEN:7000,fork,reuseaddr PIPE &
  eventually 10 provider bash -c 'exec 3<>/dev/tcp/127.0.0.1/7000'
  # One TCP connection, used all the time: what was echoed last stands in a file.
  # shellcheck disable=SC2016 # the inner shell's
  wgns exec vpn -- bash -c '
    exec 3<>/dev/tcp/10.64.0.1/7000 4<> <(:)
    for ((n = 1; ; n++)); do
      echo "$n" >&3 && read -r -t 100 answer <&3 && echo "$answer" >"$WORK/echoed.new" && mv "$WORK/echoed.new" "$WORK/echoed" || exit
      read -r -t 0.1 <&4
    done' &
  echo $! >"$WORK/talker"
  eventually 10 test -s "$WORK/echoed"
}

echoed_more_than() { [[ $(cat "$WORK/echoed") -gt $1 ]]; }

connection_lives() {
  local now
  now=$(cat "$WORK/echoed")
  eventually 60 echoed_more_than $((now + 3))
  kill -0 "$(cat "$WORK/talker")"
}

# reload_keeps_the_session: as the file is now.
reload_keeps_the_session() {
  local index handshake
  index=$(ifindex vpn) handshake=$(provider_field vpn 5)
  wgns reload "$WORK/vpn.toml"
  equal "the link's index" "$index" "$(ifindex vpn)"
  equal "the latest handshake" "$handshake" "$(provider_field vpn 5)"
  connection_lives
}

check_a_peer_more_keeps_the_session() {
  cat >>"$WORK/vpn.toml" <<T

[[peers]]
publicKey = "$(pub other)"
endpoint = "10.99.0.2:51821"
allowedIPs = ["10.65.0.0/16", "fd65::/64"]
T
  reload_keeps_the_session
  equal "the new peer" "$(pub other)	(none)	10.99.0.2:51821	10.65.0.0/16,fd65::/64	0	0	0	off" \
    "$(inside vpn wg show wg0 dump | grep "^$(pub other)")"
  contains "the routes" "$(inside vpn ip route)" "10.65.0.0/16 dev wg0"
}

check_changed_peers_keep_the_session() {
  # The provider's keepalive, the other one's allowed IPs (one gone, one new) and preshared key.
  sed -i -e 's|^allowedIPs = \["0.*|&\npersistentKeepalive = 25|' \
    -e "s|^allowedIPs = \[\"10.65.*|allowedIPs = [\"fd65::/64\", \"10.66.0.0/16\"]\npresharedKeyFile = \"$(key psk)\"|" "$WORK/vpn.toml"
  reload_keeps_the_session
  equal "the keepalive" 25 "$(provider_field vpn 8)"
  equal "the other peer" "$(pub other)	$(cat "$(key psk)")	10.99.0.2:51821	10.66.0.0/16,fd65::/64" "$(inside vpn wg show wg0 dump |
    grep "^$(pub other)" | awk -F '\t' -v OFS='\t' '{ n = split($4, ip, ","); $4 = ip[1] < ip[2] ? ip[1] "," ip[2] : ip[2] "," ip[1]; print $1, $2, $3, $4 }')"
  fails grep -q 10.65.0.0 <(inside vpn ip route)
}

check_a_peer_less_keeps_the_session() {
  client_config vpn 'listenPort = 41820'
  reload_keeps_the_session
  equal "peers" "$(pub provider)" "$(inside vpn wg show wg0 peers)"
  equal "the keepalive" off "$(provider_field vpn 8)"
}

check_port_mark_mtu_and_addresses_keep_the_session() {
  client_config vpn 'listenPort = 41821
fwMark = 5
mtu = 1300'
  sed -i 's|^ips = .*|ips = ["10.64.0.2/24", "10.64.7.7/32", "fd64::2/64"]|' "$WORK/vpn.toml"
  reload_keeps_the_session
  equal "port and mark" "41821 0x5" "$(inside vpn wg show wg0 dump | awk 'NR == 1 { print $3, $4 }')"
  equal mtu 1300 "$(inside vpn ip -j link show wg0 | jq '.[0].mtu')"
  contains "the addresses" "$(inside vpn ip -o address show dev wg0)" "10.64.7.7/32"
}

check_an_allowed_IP_moves_between_peers() {
  provider ip address add 10.64.9.9/32 dev lo
  cat >>"$WORK/vpn.toml" <<T
[[peers]]
publicKey = "$(pub other)"
allowedIPs = ["10.70.0.0/16"]
T
  wgns reload "$WORK/vpn.toml"
  sed -i -e 's|"0.0.0.0/0", |&"10.70.0.0/16", |' -e 's|^allowedIPs = \["10.70.*|allowedIPs = ["10.71.0.0/16"]|' "$WORK/vpn.toml"
  reload_keeps_the_session
  equal "allowed IPs" "$(printf '%s\t%s\n' "$(pub other)" 10.71.0.0/16 "$(pub provider)" "0.0.0.0/0 10.70.0.0/16 ::/0" | sort)" \
    "$(inside vpn wg show wg0 allowed-ips | awk -F '\t' -v OFS='\t' '{
        n = split($2, ip, " "); for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (ip[j] < ip[i]) { t = ip[i]; ip[i] = ip[j]; ip[j] = t }
        $2 = ip[1]; for (i = 2; i <= n; i++) $2 = $2 " " ip[i]; print }' | sort)"
  contains "up" "$(wgns up "$WORK/vpn.toml")" "nothing to do"
}

check_a_new_private_key_takes_over() {
  local index
  index=$(ifindex vpn)
  new_key client2
  provider wg set pwg peer "$(pub client2)" preshared-key "$(key psk)" allowed-ips 10.64.0.2/32,fd64::2/128
  cp "$(key client2)" "$(key client)"
  wgns reload "$WORK/vpn.toml"
  equal "the link's index" "$index" "$(ifindex vpn)"
  equal "the public key" "$(pub client2)" "$(inside vpn wg show wg0 public-key)"
  wgns up --wait "$WORK/vpn.toml"
  connection_lives
  [[ $(provider wg show pwg latest-handshakes | grep "$(pub client2)" | cut -f2) -gt 0 ]]
}

check_the_connection_was_one_all_along() {
  equal "connections" 1 "$(provider ss -Htn state established sport = :7000 src 10.64.0.1 | wc -l)"
  kill "$(cat "$WORK/talker")"
}

check_two_thousand_peers_are_set_and_read_back() {
  # Any 32 bytes are a public key. Every tenth peer has a preshared key, number 1000 has 700 allowed IPs: more than
  # one message takes. peers.toml is the configuration, peers.dump what wg(8) is to say of it.
  awk -v seed="$RANDOM$RANDOM" -v toml="$WORK/peers.toml.part" -v dump="$WORK/peers.dump" -v allowed="$WORK/peers.allowed" '
    function key(   i, text) {
      text = ""
      for (i = 0; i < 42; i++) text = text substr(letters, int(rand() * 64) + 1, 1)
      return text substr(last, int(rand() * 16) + 1, 1) "="
    }
    BEGIN {
      srand(seed)
      letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
      last = "AEIMQUYcgkosw048"
      for (n = 0; n < 2000; n++) {
        public = key(); psk = "(none)"; keepalive = "off"; endpoint = "(none)"; ips = ""; count = 0
        printf "\n[[peers]]\npublicKey = \"%s\"\n", public >toml
        if (n % 10 == 0) { psk = key(); printf "presharedKey = \"%s\"\n", psk >toml }
        if (n % 3 == 0) { endpoint = sprintf("10.99.0.2:%d", 2000 + n); printf "endpoint = \"%s\"\n", endpoint >toml }
        if (n % 3 == 1) { endpoint = sprintf("[fd99::2]:%d", 2000 + n); printf "endpoint = \"%s\"\n", endpoint >toml }
        if (n % 7 == 0) { keepalive = 30000 + n; printf "persistentKeepalive = %d\n", keepalive >toml }
        printf "allowedIPs = [" >toml
        total = n == 1000 ? 700 : 1 + n % 6
        for (i = 0; i < total; i++) {
          v = total > 6 ? sprintf("172.%d.%d.0/24", 16 + int(i / 256), i % 256) \
            : i % 2 ? sprintf("fd70:%x:%x::/64", n, i) : sprintf("10.%d.%d.%d/32", 100 + int(n / 256), n % 256, i)
          printf "%s\"%s\"", i ? ", " : "", v >toml
          print public, v >allowed
        }
        print "]" >toml
        printf "%s\t%s\t%s\t%s\n", public, psk, endpoint, keepalive >dump
      }
    }'
  { printf 'ips = ["10.64.0.9/32"]\nprivateKeyFile = "%s"\ndns_server = "10.64.0.1"\ninterfaceName = "wg0"\nallowedIPsAsRoutes = false\n' \
      "$(key client)"; cat "$WORK/peers.toml.part"; } >"$WORK/many.toml"
  time wgns up "$WORK/many.toml"
  inside many wg show wg0 dump | tail -n +2 >"$WORK/many.dump"
  cmp <(sort "$WORK/peers.dump") <(awk -F '\t' -v OFS='\t' '{ print $1, $2, $3, $8 }' "$WORK/many.dump" | sort)
  cmp <(sort "$WORK/peers.allowed") <(awk -F '\t' '{ n = split($4, ip, ","); for (i = 1; i <= n; i++) print $1, ip[i] }' "$WORK/many.dump" | sort)
  equal "the number of allowed IPs" 7691 "$(wc -l <"$WORK/peers.allowed")"
}

check_two_thousand_peers_are_nothing_to_do_the_second_time() {
  contains "up" "$(wgns up "$WORK/many.toml")" "nothing to do"
  equal "peers in status" 2000 "$(wgns status many --json | jq '.namespaces[0].interfaces[0].peers | length')"
}

check_two_thousand_peers_can_go_again() {
  sed -i '/^$/,$d' "$WORK/many.toml"
  wgns reload "$WORK/many.toml"
  equal peers "" "$(inside many wg show wg0 peers)"
  wgns down many
  gone many
}

teardown() {
  wgns down vpn
  gone vpn
  drop_provider
}
