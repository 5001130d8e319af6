# shellcheck shell=bash
# of several machines only: trixie
# What `wgns plan` prints, run by sh on an empty machine, makes what `wgns up` makes.

setup() {
  make_provider
  echo "10.99.0.2 provider.example" >>/etc/hosts
  echo "fd99::2 provider6.example" >>/etc/hosts
  new_key other
}

# What stands in netns vpn, without what differs from one making to the next (indexes, handles).
picture() {
  local what
  for what in "-d link" "address" "route show table all" "-6 route show table all" "rule"; do
    printf '== ip %s\n' "$what"
    # shellcheck disable=SC2086 # words
    inside vpn ip -j $what | jq -S 'del(.. | .ifindex?, .link_index?, .link_netnsid?, .valid_life_time?, .preferred_life_time?, .min_mtu?, .inet6_addr_gen_mode?)'
  done
  printf '== IPv6\n'
  inside vpn sh -c 'grep . /proc/sys/net/ipv6/conf/*/disable_ipv6 /proc/sys/net/ipv6/conf/*/accept_ra'
  printf '== nft\n'
  inside vpn nft -j list ruleset | jq -S 'del(.. | .handle?) | del(.nftables[] | .metainfo?)'
  printf '== wg\n'
  inside vpn wg showconf wg0
  printf '== files\n'
  stat -c '%n %A %U' /etc/netns/vpn /etc/netns/vpn/*
  tail -n +1 /etc/netns/vpn/*
}

# same_by_hand: $WORK/vpn.toml by `plan` and `sh`, and then by `up`.
same_by_hand() {
  wgns plan "$WORK/vpn.toml" >"$WORK/plan.sh"
  fails grep -F -f "$(key client)" "$WORK/plan.sh"
  fails grep -F -f "$(key psk)" "$WORK/plan.sh"
  sh "$WORK/plan.sh" || { cat "$WORK/plan.sh"; fail "the script failed"; }
  picture >"$WORK/by-hand"
  ip netns delete vpn
  rm -r /etc/netns/vpn
  wgns up "$WORK/vpn.toml"
  picture >"$WORK/by-up"
  wgns down vpn
  gone vpn
  [[ $(wc -l <"$WORK/by-up") -gt 100 ]]
  diff "$WORK/by-hand" "$WORK/by-up" || fail "plan's script and up differ"
}

check_the_script_gives_the_same_as_up() {
  client_config vpn 'listenPort = 41820'
  same_by_hand
}

check_it_does_with_names_rules_and_several_peers() {
  client_config vpn "listenPort = 41820
mtu = 1333
fwMark = 0x123
dnsSearch = [\"example\"]
extraFirewallRules = '''
# A comment, a quote ' and \$HOME
table inet mine {
  set ports { type inet_service; elements = { 80, 443 }; }
  chain out { type filter hook output priority 5; policy accept; tcp dport @ports counter comment \"web\"; }
}
add rule inet wgns input tcp dport 6881 accept
'''"
  sed -i 's|10.99.0.2:51820|provider.example:51820|' "$WORK/vpn.toml"
  cat >>"$WORK/vpn.toml" <<T
persistentKeepalive = 25

[[peers]]
publicKey = "$(pub other)"
endpoint = "provider6.example:51821"
allowedIPs = ["10.77.0.0/16", "fd77::/48", "10.64.0.0/24"]
T
  same_by_hand
  contains "the script's endpoints" "$(cat "$WORK/by-hand")" "Endpoint = 10.99.0.2:51820"
  contains "the script's endpoints" "$(cat "$WORK/by-hand")" "Endpoint = [fd99::2]:51821"
}

check_it_does_with_a_preshared_key_that_stands_in_the_file() {
  client_config vpn 'listenPort = 41820'
  sed -i "s|^presharedKeyFile.*|presharedKey = \"$(cat "$(key psk)")\"|" "$WORK/vpn.toml"
  local placeholder
  placeholder=$(wgns plan "$WORK/vpn.toml" | grep -oE '/root/wgns-preshared-key-[A-Za-z0-9]+' | head -n 1)
  (umask 077; cp "$(key psk)" "$placeholder")
  same_by_hand
  rm "$placeholder"
}

check_what_was_made_by_hand_is_not_touched_unless_adopted() {
  client_config vpn 'listenPort = 41820'
  wgns plan "$WORK/vpn.toml" | sh
  picture >"$WORK/before"
  fails wgns up "$WORK/vpn.toml"
  picture >"$WORK/after"
  cmp "$WORK/before" "$WORK/after"
  wgns up --adopt --wait "$WORK/vpn.toml"
  wgns exec vpn -- ping -c 1 -W 5 10.64.0.1
  wgns down vpn
  [[ ! -e /run/netns/vpn ]]
  rm -rf /etc/netns/vpn
  gone vpn
}

teardown() {
  sed -i '/provider6*\.example/d' /etc/hosts
}
