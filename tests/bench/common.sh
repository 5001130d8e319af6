# shellcheck shell=bash
# What every benchmark begins with. Sourced in the project's folder, as root.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL=C
wgns=$(readlink -f "${WGNS:-out/wgns}")

note() { printf 'bench: %s\n' "$*" >&2; }
fail() { note "$@"; exit 1; }

# needs PROGRAM...: and wgns. One with a slash is of the project's own.
needs() {
  local program
  [[ -x $wgns ]] || fail "there is no $wgns: run 'make build'"
  for program; do command -v "$program" >/dev/null || fail "there is no $program: run 'make bench'"; done
}

[[ $EUID -eq 0 ]] || fail "network namespaces take root: run it as 'make bench' or with sudo"
