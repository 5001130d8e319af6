# shellcheck shell=bash
# The set-ups that README.md gives to copy.
# shellcheck source=tests/vm/guest/units.sh
. "$HERE/guest/units.sh"

examples=$HERE/install/usr/local/share/doc/wgns/examples

setup() { units_setup kernel; }

check_systemd_analyze_finds_nothing_wrong_with_the_units() {
  local unit
  for unit in deluged deluge-web; do
    cp "$examples/deluge/$unit.service" "$units/"
    # The programs are not in this machine.
    ln -sf /bin/true "/usr/bin/$unit"
  done
  equal words "" "$(systemd-analyze verify --man=no deluged.service deluge-web.service 2>&1)"
  rm -f "$units"/deluge*.service /usr/bin/deluged /usr/bin/deluge-web
}

# sudo is not in this machine; what it does for this is to say who called.
as_sudo() { SUDO_USER=anna sh "$examples/shell/vpn" "$@"; }

check_the_script_runs_a_command_of_the_user_inside() {
  useradd --shell /bin/sh anna
  systemctl start wgns@vpn
  equal who anna "$(as_sudo id -un)"
  equal "capabilities" 0000000000000000 "$(as_sudo awk '$1 == "CapEff:" { print $2 }' /proc/self/status)"
  equal page "a page of the provider" "$(as_sudo curl -sS -m 20 http://10.64.0.1/)"
  fails as_sudo --user root id
  equal "a shell" "anna 2" "$(echo 'echo "$(id -un)" "$(ip -o link | wc -l)"' | as_sudo)"
  fails env -u SUDO_USER sh "$examples/shell/vpn" id
}

teardown() {
  userdel anna
  units_teardown
}
