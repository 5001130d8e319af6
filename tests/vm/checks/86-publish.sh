# shellcheck shell=bash
# of several machines only: bookworm
# `[[publish]]`: the host reaches a service inside, by a port and by a unix socket.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"
# shellcheck source=tests/vm/guest/confined.sh
. "$HERE/guest/confined.sh"

setup() {
  confined_setup
  cat >>/etc/wgns/vpn.toml <<'T'

[[publish]]
listen = 8112
idle = 4

[[publish]]
listen = "10.99.0.1:9000"
connect = 8112

[[publish]]
listen = "/run/outside.sock"
connect = "/run/echoer/echo.sock"

[[publish]]
listen = 8153
protocol = "udp"
connect = 8112

[[publish]]
listen = 51413
from = "tunnel"

[[publish]]
listen = "/run/out port.sock"
connect = 8112
T
  cat >"$units/udp-echoer.service" <<'T'
[Unit]
BindsTo=wgns-netns@vpn.service
After=wgns-netns@vpn.service
[Service]
NetworkNamespacePath=/run/netns/vpn
User=looker
ExecStart=/usr/bin/socat UDP4-RECVFROM:8112,bind=127.0.0.1,fork EXEC:/bin/cat
T
  cat >"$units/forwarded.service" <<'T'
[Unit]
BindsTo=wgns-netns@vpn.service
After=wgns-netns@vpn.service
[Service]
NetworkNamespacePath=/run/netns/vpn
User=looker
ExecStart=/usr/bin/socat TCP4-LISTEN:51413,fork,reuseaddr EXEC:/bin/cat
T
  systemctl daemon-reload
  wgns units confine vpn echoer --install
  starts echoer udp-echoer forwarded
}

# said WHERE: what comes back, while this end stays open.
said() (
  trap '' PIPE
  line=
  coproc TALK { exec socat - "$1"; }
  answers=${TALK[0]} talker=$TALK_PID
  echo "hello there" >&"${TALK[1]}"
  read -r -t 40 line <&"$answers" || true
  kill "$talker" 2>/dev/null || true
  [[ -n $line ]] && echo "$line"
)

check_publish_writes_starts_and_enables_sockets_that_verify_finds_right() {
  local words
  words=$(wgns units publish vpn --install)
  contains words "$words" "started wgns-publish-vpn:127.0.0.1:8112.socket"
  equal words "nothing changed" "$(wgns units publish vpn --install)"
  equal enabled enabled "$(systemctl is-enabled wgns-publish-vpn:127.0.0.1:8112.socket)"
  mapfile -t files < <(find /etc/systemd/system -maxdepth 1 -name 'wgns-publish-*')
  equal "number of units" 10 "${#files[@]}"
  # What follows a colon would be taken for an alias.
  local file
  mkdir -p "$WORK/published"
  for file in "${files[@]}"; do
    sed -E ':a; s/(wgns-publish-[^ :]*):/\1-/; ta' "$file" >"$WORK/published/$(basename "${file//:/-}")"
  done
  equal words "" "$(systemd-analyze verify --man=no "$WORK"/published/* 2>&1)"
}

check_the_host_reaches_the_service_by_tcp() {
  fails timeout 5 socat -u TCP4:127.0.0.1:8113 -
  equal answer "hello there" "$(said TCP4:127.0.0.1:8112)"
  equal answer "hello there" "$(said TCP4:10.99.0.1:9000)"
}

check_the_end_of_a_question_is_passed_on_and_its_answer_comes_back() {
  equal answer "hello there" "$(echo "hello there" | timeout 40 socat -t 30 - TCP4:127.0.0.1:8112)"
}

check_the_host_reaches_the_service_by_udp() {
  # No end is told by UDP: who waits for it waits until he has had enough.
  equal answer "hello there" "$(said UDP4:127.0.0.1:8153)"
}

check_the_provider_reaches_the_port_that_it_forwards_and_no_other() {
  equal answer "hello there" "$(echo "hello there" | provider timeout 40 socat -t 10 - TCP4:10.64.0.2:51413)"
  fails provider timeout 5 socat -u TCP4:10.64.0.2:51414,connect-timeout=1 -
}

check_the_host_reaches_the_service_by_unix_sockets() {
  equal answer "hello there" "$(said UNIX-CONNECT:/run/outside.sock)"
  equal answer "hello there" "$(said "UNIX-CONNECT:/run/out port.sock")"
}

check_the_proxy_is_unprivileged_and_leaves_when_idle() {
  equal answer "hello there" "$(said TCP4:127.0.0.1:8112)"
  local proxy=wgns-publish-vpn:127.0.0.1:8112.service pid
  equal state active "$(state_of "$proxy")"
  pid=$(main_pid "$proxy")
  [[ $(ps -o uid= -p "$pid") -gt 60000 ]]
  equal capabilities 0000000000000000 "$(sed -n 's/^CapEff:\t//p' "/proc/$pid/status")"
  equal "the netns" "net:[$(stat -L -c %i /run/netns/vpn)]" "$(readlink "/proc/$pid/ns/net")"
  eventually 60 is_in_state "$proxy" inactive
  equal answer "hello there" "$(said TCP4:127.0.0.1:8112)"
}

# A service may have started, and not listen yet.
answers() { [[ $(said TCP4:127.0.0.1:8112) == "hello there" ]]; }

check_a_port_that_was_asked_for_while_there_could_be_no_namespace_is_back_with_it() {
  systemctl stop wgns-netns@vpn
  cp /etc/wgns/vpn.toml "$WORK/right.toml"
  echo "none = such" >>/etc/wgns/vpn.toml
  # It waits to be let in, and systemd starts the proxy again and again for it: it may give up, before 255 it does.
  (timeout 5 socat -u TCP4:127.0.0.1:8112 - || true)
  cp "$WORK/right.toml" /etc/wgns/vpn.toml
  # Started in vain so often, the namespace's unit must wait, too.
  systemctl reset-failed wgns-netns@vpn
  systemctl start wgns@vpn
  starts echoer udp-echoer forwarded
  eventually 60 answers
}

check_an_entry_that_was_taken_out_goes_with_the_next_install() {
  cp /etc/wgns/vpn.toml "$WORK/published.toml"
  head -n -4 "$WORK/published.toml" >/etc/wgns/vpn.toml
  # Else the tunnel's unit, which knows of it still, would listen in its place.
  systemctl reload wgns@vpn
  contains words "$(wgns units publish vpn --install)" "stopping wgns-publish-vpn:run-out\\x20port.sock.socket"
  [[ ! -e "/run/out port.sock" ]]
  equal "number of units" 8 "$(find /etc/systemd/system -maxdepth 1 -name 'wgns-publish-*' | wc -l)"
}

check_what_has_no_socket_unit_the_tunnels_unit_forwards() {
  eventually 20 is_gone /run/wgns/vpn.forward
  wgns units remove vpn wgns-publish-vpn:127.0.0.1:8112.socket
  eventually 20 test -e /run/wgns/vpn.forward
  local pid
  read -r pid _ </run/wgns/vpn.forward
  contains unit "$(cat "/proc/$pid/cgroup")" wgns@vpn.service
  equal capabilities 0000000000000000 "$(sed -n 's/^CapBnd:\t//p' "/proc/$pid/status")"
  equal answer "hello there" "$(said TCP4:127.0.0.1:8112)"
  # systemd takes it back, from a proxy that holds the address.
  contains words "$(wgns units publish vpn --install)" "started wgns-publish-vpn:127.0.0.1:8112.socket"
  equal answer "hello there" "$(said TCP4:127.0.0.1:8112)"
  eventually 20 is_gone /run/wgns/vpn.forward
}
is_gone() { [[ ! -e $1 ]]; }

check_remove_stops_and_disables_the_sockets() {
  sed -i '/^\[\[publish\]\]/,$d' /etc/wgns/vpn.toml
  systemctl reload wgns@vpn
  wgns units remove vpn wgns-publish-vpn:127.0.0.1:8112.socket
  fails said TCP4:127.0.0.1:8112
  equal answer "hello there" "$(said TCP4:10.99.0.1:9000)"
  wgns units remove vpn
  fails said TCP4:10.99.0.1:9000
  equal "what is left" "" "$(find /etc/systemd/system /run/systemd/system -name '*wgns-*')"
}

check_nothing_went_out_beside_the_tunnel() {
  nothing_leaked
  leaks_are_counted
}

teardown() {
  systemctl stop udp-echoer forwarded || true
  rm -f "$units"/{udp-echoer,forwarded}.service
  confined_teardown
}
