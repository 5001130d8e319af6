# shellcheck shell=bash
# of several machines only: bookworm
# The kernel's WireGuard where it is less usual: in a namespace of somebody else's, born in another than the host's, beside a port
# that the kernel forwards.

setup() { make_provider; }

check_a_tunnel_in_somebody_elses_namespace_leaves_it_as_it_was() {
  ip netns add theirs
  ip -n theirs link add own0 type dummy
  client_config theirs 'managed = false'
  wgns up --wait "$WORK/theirs.toml"
  equal "the kind" wireguard "$(inside theirs ip -j -d link show wg0 | jq -r '.[0].linkinfo.info_kind')"
  equal page "a page of the provider" "$(inside theirs curl -sS -m 20 http://10.64.0.1/)"
  wgns down "$WORK/theirs.toml"
  equal links "lo own0" "$(links inside theirs)"
  equal rules "" "$(inside theirs nft list ruleset)"
  ip netns delete theirs
}

check_a_tunnel_is_born_in_another_namespace() {
  ip netns add birth
  ip -n birth link add up0 type veth peer name prov1 netns provider
  provider ip address add 10.98.0.1/24 dev prov1
  provider ip link set prov1 up
  ip -n birth address add 10.98.0.2/24 dev up0
  ip -n birth link set up0 up
  client_config born 'birthplaceNamespace = "birth"
listenPort = 41821'
  sed -i 's/10\.99\.0\.2:51820/10.98.0.1:51820/' "$WORK/born.toml"
  wgns up --wait "$WORK/born.toml"
  equal links "lo wg0" "$(links inside born)"
  equal "links of the birthplace" "lo up0" "$(links inside birth)"
  [[ -n $(inside birth ss -Hlun sport = :41821) ]]
  equal "UDP sockets of the host" "" "$(ss -Hlun sport = :41821)"
  equal page "a page of the provider" "$(wgns exec born -- curl -sS -m 20 http://10.64.0.1/)"
  wgns down born
  gone born
  ip netns delete birth
}

forwarding() { cat "/proc/sys/net/ipv4/conf/$1/forwarding"; }

check_a_port_of_the_lan_is_forwarded_by_the_kernel_and_nothing_is_left() {
  ip netns add lan
  ip link add lan0 type veth peer name far0 netns lan
  ip address add 192.0.2.2/24 dev lan0
  ip link set lan0 up
  ip -n lan address add 192.0.2.1/24 dev far0
  ip -n lan link set far0 up
  client_config vpn 'hostLink = {}
publish = [{ listen = "192.0.2.2:8112", connect = 8080, from = "lan", via = "link" }]'
  wgns up --wait "$WORK/vpn.toml"
  # Not by a function, whose process would be a shell's.
  ip netns exec vpn busybox httpd -f -p 8080 -h "$WORK/www" >/dev/null 2>&1 &
  local service=$!
  eventually 20 ip netns exec lan curl -sS -m 10 http://192.0.2.2:8112/
  equal page "a page of the provider" "$(ip netns exec lan curl -sS -m 20 http://192.0.2.2:8112/)"
  fails ip netns exec lan curl -sS -m 2 http://192.0.2.2:8080/
  equal "forwarding of lan0, of all" "1 0" "$(forwarding lan0) $(cat /proc/sys/net/ipv4/ip_forward)"
  kill "$service"
  wait "$service" || true
  wgns down vpn
  gone vpn
  equal "forwarding of lan0" 0 "$(forwarding lan0)"
  fails grep -q wgns <(nft list tables)
  ip link delete lan0
  ip netns delete lan
}

check_nothing_went_out_beside_the_tunnel() {
  nothing_leaked
  leaks_are_counted
}
