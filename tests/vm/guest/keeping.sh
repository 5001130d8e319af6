# shellcheck shell=bash
# Configurations for what the unit keeps, waits for and says. Sourced after lib.sh and units.sh by files of checks.

keeping_setup() {
  units_setup kernel
  cp /etc/wgns/vpn.toml "$WORK/plain.toml"
}

# with LINE...: these keys before all others.
with() { { printf '%s\n' "$@"; cat "$WORK/plain.toml"; } >/etc/wgns/vpn.toml; }

page_inside() { equal page "a page of the provider" "$(in_service by-path curl -sS -m 20 http://10.64.0.1/)"; }
is_up() { [[ $(wgns status vpn --json | jq -r '.namespaces[0].state') == up ]]; }
