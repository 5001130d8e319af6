# shellcheck shell=bash
# Services confined by `wgns units confine`, as a user has them. Sourced after lib.sh and units.sh.
#
#   looker    an ordinary user's; looks a name up all the time, and says what it sees when it is asked
#   dynamic   DynamicUser=yes, with a RuntimeDirectory
#   echoer    a server inside, on 127.0.0.1:8112 and /run/echoer/echo.sock

: "${units:?is set by units.sh}"

# confined_setup: the provider, the units, and the services, confined by nobody yet.
confined_setup() {
  units_setup kernel
  # What resolved says to the neighbours by itself is the host's own, and would be counted with what leaks.
  mkdir -p /etc/systemd/resolved.conf.d
  printf '[Resolve]\nLLMNR=no\nMulticastDNS=no\n' >/etc/systemd/resolved.conf.d/quiet.conf
  id looker >/dev/null 2>&1 || useradd --system --shell /usr/sbin/nologin looker
  mkdir -p /etc/looker.d
  chown looker /etc/looker.d
  mkdir -p /var/looker
  [[ -p /var/looker/ask ]] || mkfifo -m 666 /var/looker/ask /var/looker/answer
  cat >/var/looker/look <<'T'
# With few programs: each costs an emulated machine a tenth of a second.
shopt -s nullglob
there() { local path; for path; do [[ ! -e $path ]] || { echo there; return; }; done; echo gone; }
values() { local key value all=; while read -r key value; do [[ $key != "$1" ]] || all+=$value' '; done <"$2"; echo "${all% }"; }
exec 3<>/var/looker/ask 4<>/var/looker/answer
while :; do
  if ! read -r -t 0.5 asked <&3; then
    getent hosts name.test
    continue
  fi
  name=$(getent hosts name.test)
  links=$(ip -o link | while IFS=': ' read -r _ link _; do printf ' %s' "$link"; done)
  {
    echo "asked $asked"
    echo "user $(id -un)"
    echo "server $(values nameserver /etc/resolv.conf)"
    echo "hosts $(values hosts: /etc/nsswitch.conf)"
    echo "nscd $(there /var/run/nscd/socket /run/nscd)"
    echo "resolved $(there /run/systemd/resolve)"
    echo "bus $(there /run/dbus)"
    echo "name ${name%% *}"
    echo "links${links}"
    echo "answered $asked"
  } >&4
done >/dev/null
T
  cat >"$units/looker.service" <<T
[Service]
User=looker
ExecStart=/bin/bash /var/looker/look
T
  cat >"$units/dynamic.service" <<T
[Service]
Type=notify
NotifyAccess=all
DynamicUser=yes
RuntimeDirectory=dynamic
StateDirectory=dynamic
SetCredential=word:secret
ExecStart=/bin/bash -c 'echo "I am \$(id -un)"; id -un >\$RUNTIME_DIRECTORY/user; cat /etc/resolv.conf >\$STATE_DIRECTORY/resolv; cat \$CREDENTIALS_DIRECTORY/word >\$RUNTIME_DIRECTORY/word; systemd-notify --ready; exec sleep 1000'
T
  cat >"$units/echoer.service" <<T
[Service]
User=looker
RuntimeDirectory=echoer
ExecStart=/bin/bash -c 'socat UNIX-LISTEN:/run/echoer/echo.sock,fork,mode=666 EXEC:/bin/cat & exec socat TCP4-LISTEN:8112,bind=127.0.0.1,fork,reuseaddr EXEC:/bin/cat'
T
  systemctl daemon-reload
}

confined_teardown() {
  systemctl stop looker dynamic echoer 2>/dev/null || true
  wgns units remove vpn || true
  systemctl stop nscd systemd-resolved 2>/dev/null || true
  rm -f "$units"/{looker,dynamic,echoer}.service
  rm -rf /etc/looker.d /etc/systemd/resolved.conf.d /var/looker
  rm -f /etc/resolv.conf
  echo "# no resolver out here" >/etc/resolv.conf
  units_teardown
}

# starts UNIT...: or says what the journal has of them and of the units behind them.
starts() {
  systemctl start "$@" && return
  journalctl -q -o cat --no-pager -n 15 -u "$1" -u wgns-etc@vpn -u wgns-netns@vpn -u wgns@vpn
  fail "$* did not start"
}

# looks: what looker sees from now on.
looks() {
  local asked=$EPOCHREALTIME line is_ours=
  exec {ask}<>/var/looker/ask {answer}<>/var/looker/answer
  echo "$asked" >&"$ask"
  # A server that is not there takes each lookup of looker's up to 20 seconds, and it may be in one when it is asked.
  while read -r -t 90 line <&"$answer"; do
    case $line in
      "asked $asked") is_ours=yes ;;
      "answered $asked") return ;;
      *) [[ -z $is_ours ]] || printf '%s\n' "$line" ;;
    esac
  done
  fail "looker does not answer"
}

closed_view=$'user looker\nserver 10.64.0.1\nhosts files dns\nnscd gone\nresolved gone\nbus gone\nname 10.64.0.77\nlinks lo wg0'
sees_only_the_namespace() { equal "what the service sees" "$closed_view" "$(looks)"; }
