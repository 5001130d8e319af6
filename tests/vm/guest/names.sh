# shellcheck shell=bash
# A resolver of the machine's own, on 127.0.0.1, that is there or not. Sourced after lib.sh by files of checks.

# resolver_says ADDRESS...: what provider.test is from now on.
resolver_says() {
  printf '%s provider.test\n' "$@" >"$WORK/answers"
  chmod 644 "$WORK/answers"
  ! systemctl is-active --quiet resolver || systemctl kill -s HUP resolver
}

resolver_starts() {
  systemd-run --quiet --collect --unit=resolver dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --local=/test/ \
    --addn-hosts="$WORK/answers" --listen-address=127.0.0.1 --bind-interfaces --user=root --pid-file= --cache-size=0
  eventually 60 getent ahostsv4 provider.test
}

resolver_stops() { systemctl stop resolver 2>/dev/null || true; }
