# shellcheck shell=bash
# A resolver of the machine's own, on 127.0.0.1, that is there or not. Sourced after lib.sh by files of checks.

# resolver_says ADDRESS...: what every name is from now on.
resolver_says() { printf '%s\n' "$@" >"$WORK/answers"; }

# -t: a question is over at once, and the answer takes its time here.
resolver_starts() {
  systemd-run --quiet --collect --unit=resolver socat -t 10 UDP4-RECVFROM:53,bind=127.0.0.1,fork,reuseaddr "EXEC:bash $HERE/guest/resolver $WORK/answers"
  eventually 60 getent ahostsv4 provider.test
}

resolver_stops() { systemctl stop resolver 2>/dev/null || true; }
