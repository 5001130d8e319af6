# shellcheck shell=bash
# of several machines only: trixie
# A capture outside while a service inside calls for everybody all the time: before, during and after its tunnel.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"

setup() {
  units_setup kernel
  cat >"$WORK/caller" <<'T'
# Whatever is tried here has no other way than the machine's network: addresses of the provider's end of the wire, its
# resolver's, everybody's; names; by v4 and v6, TCP, UDP, ICMP and broadcast.
for tool in 'ping -n -c 1 -W 1 10.99.0.2' 'ping -n -c 1 -W 1 fd99::2' 'ping -n -b -c 1 -W 1 255.255.255.255' \
  'ping -n -c 1 -W 1 -I out0 10.99.0.2' 'ping -n -c 1 -W 1 ff02::1%out0' \
  'curl -s -m 1 http://10.99.0.2/' 'curl -s -m 1 http://[fd99::2]/' 'curl -s -m 1 --interface out0 http://10.99.0.2/' \
  'socat -T 1 OPEN:/etc/hostname UDP:10.99.0.2:53' 'socat -T 1 OPEN:/etc/hostname UDP:10.99.0.2:123' \
  'socat -T 1 OPEN:/etc/hostname UDP6:[fd99::2]:53' 'socat -T 1 OPEN:/etc/hostname UDP:10.99.0.255:9,broadcast' \
  'getent hosts leak.test'; do
  $tool
done >/dev/null 2>&1
T
  cat >"$units/caller.service" <<T
[Unit]
BindsTo=wgns-netns@vpn.service
After=wgns-netns@vpn.service
[Service]
ExecStart=/bin/bash -c 'while :; do bash $WORK/caller; echo >>$WORK/rounds; done'
NetworkNamespacePath=/run/netns/vpn
T
  systemctl daemon-reload
}

# The tunnel's packets, what two ends of a wire say to each other about themselves, and what the machine answers for a port
# that a closed tunnel had.
own='(udp and port 51820) or (icmp[0] == 3 and icmp[1] == 3) or arp or (icmp6 and (ip6[40] >= 130 and ip6[40] <= 136)) or (icmp6 and ip6[40] == 143) or ip6 proto 0'

capture_begins() {
  systemd-run --quiet --collect --unit=capture -p Type=simple tcpdump -i out0 -n -U --immediate-mode -w "$WORK/wire.pcap"
  eventually 20 capture_runs
}
capture_runs() { [[ $(journal_of capture) == *"listening on out0"* ]]; }
within() { tcpdump -r "$WORK/wire.pcap" -n 'udp and port 51820' 2>/dev/null | wc -l; }
sent() { tcpdump -r "$WORK/wire.pcap" -n 'udp and dst host 10.99.0.2 and dst port 51820' 2>/dev/null | wc -l; }
nothing_beside() { equal "$1: packets beside the tunnel" '' "$(tcpdump -r "$WORK/wire.pcap" -n "not ($own)" 2>/dev/null)"; }

rounds() { wc -l <"$WORK/rounds"; }
has_called_more() { [[ $(rounds) -gt $1 ]]; }
# Once round, from its beginning.
calls_once() { eventually 90 has_called_more $(($(rounds) + 1)); }

check_before_the_tunnel_nothing_goes_out() {
  : >"$WORK/rounds"
  capture_begins
  systemctl start caller
  equal "the tunnel's unit" inactive "$(state_of wgns@vpn)"
  calls_once
  nothing_beside before
  # The provider may call for a tunnel of the checks before these.
  equal "packets of a tunnel that is not there" 0 "$(sent)"
}

check_while_the_tunnel_comes_up_and_stands_nothing_goes_out_beside_it() {
  systemctl start wgns@vpn
  calls_once
  nothing_beside during
  [[ $(within) -gt 20 ]]
}

check_in_a_restart_a_crash_and_a_reload_nothing_goes_out_beside_it() {
  local supervisor
  supervisor=$(main_pid wgns@vpn)
  kill -9 "$supervisor"
  eventually 90 is_another_supervisor "$supervisor"
  systemctl restart wgns@vpn
  systemctl reload wgns@vpn
  calls_once
  nothing_beside "restarted"
}

check_after_the_tunnel_nothing_goes_out() {
  local before
  systemctl stop wgns@vpn
  before=$(sent)
  calls_once
  nothing_beside after
  equal "packets to the provider since then" "$before" "$(sent)"
  systemctl stop wgns-netns@vpn
  nothing_beside "at the end"
  equal "what the provider counted" 0 "$(leaks)"
}

check_the_capture_sees_what_the_same_calls_do_outside() {
  # The last of it, a name, has no answer.
  bash "$WORK/caller" || true
  local kind
  for kind in 'icmp[0] == 8' 'icmp6[0] == 128' 'tcp dst port 80 and ip' 'tcp dst port 80 and ip6' 'udp dst port 53 and ip' 'udp dst port 53 and ip6' \
    'udp dst port 123' 'ip broadcast or dst host 10.99.0.255'; do
    eventually 10 the_capture_saw "$kind"
  done
  [[ $(leaks) -gt 0 ]]
}
the_capture_saw() { [[ $(tcpdump -r "$WORK/wire.pcap" -n "($1) and not ($own)" 2>/dev/null | wc -l) -gt 0 ]]; }

teardown() {
  systemctl stop caller capture 2>/dev/null || true
  rm -f "$units/caller.service"
  units_teardown
}
