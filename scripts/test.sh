#!/usr/bin/env bash
# Runs every test and prints at the end what failed, what was skipped and why, and the sum of all runs.
# Leaves in out/test-results: RUN.trx, RUN.log, results.tsv (RUN, outcome, test, reason), unsteady.tsv (the same, of those that
# failed only at first), RUN.transcript (what the program said and wrote)
# and summary (the closing line).
# The tests find the program that was built in the environment variable WGNS_BINARY.
set -euo pipefail
cd "$(dirname "$0")/.."

# Where no udev has set its usual mode (a container, a bare image), the TUN is root's alone, and ordinary users, as whom many tests
# run, cannot have a tunnel. They get a node of their own, in a mount namespace of the tests: the machine's keeps its mode.
if [[ $EUID -eq 0 && -c /dev/net/tun && $(stat -c %a /dev/net/tun) != *6 ]]; then
  printf 'test: /dev/net/tun is closed to users on this machine; the tests have one that is not\n'
  exec unshare --mount --propagation slave sh -euc '
    place=$(mktemp -d)
    mount -t tmpfs -o mode=0755,size=64k tun-of-tests "$place"
    mknod -m 666 "$place/tun" c 10 200
    mount --bind "$place/tun" /dev/net/tun
    umount --lazy "$place"
    rmdir "$place"
    exec "$@"' sh bash scripts/test.sh
fi
. scripts/dotnet-env.sh
export WGNS_BINARY="$PWD/out/wgns"
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

results=$PWD/out/test-results
configuration=Debug

# The keys that the tests make; what the program says and writes with them is in the results. Only this script puts the two together.
secrets=$(mktemp -d)
trap 'rm -rf "$secrets"' EXIT

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else
    # sudo's own PATH does not know an SDK below a home directory.
    sudo env PATH="$PATH" WGNS_BINARY="$WGNS_BINARY" ${DOTNET_ROOT:+DOTNET_ROOT="$DOTNET_ROOT"} "$@"
  fi
}

# Root's files in a user's tree would be in the way of the next run.
give_back() { [[ $EUID -eq 0 ]] || sudo chown -R "$(id -u):$(id -g)" out tests/*/bin tests/*/obj "$secrets"; }

broken=() runs=()
declare -A job

# start NAME PREFIX... -- PROJECT ARGUMENTS...: beside the others, for most tests wait for something most of the time.
start() {
  local name=$1 prefix=() project; shift
  while [[ $1 != -- ]]; do prefix+=("$1"); shift; done
  project=$2; shift 2
  # What a background job of a shell ignores (SIGINT, SIGHUP) its children would ignore, too, and tests send these.
  "${prefix[@]}" env --default-signal WGNS_TEST_SECRETS="$secrets/$name" WGNS_TEST_TRANSCRIPT="$results/$name.transcript" \
    dotnet test "$project" -c "$configuration" --no-build --nologo -v q \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
    --results-directory "$results" "$@" </dev/null >"$results/$name.log" 2>&1 &
  runs+=("$name")
  job[$name]=$!
}

# What a run printed, and its lines in results.tsv.
finish() {
  local name=$1 status=0 lines=''
  wait "${job[$name]}" || status=$?
  printf '\n== %s\n' "$name"
  cat "$results/$name.log"
  [[ ! -e $results/$name.trx ]] || lines=$(awk -f scripts/trx.awk "$results/$name.trx" | sed "s/^/$name\t/")
  [[ -z $lines ]] || printf '%s\n' "$lines" >>"$results/results.tsv"
  if [[ -z $lines ]]; then
    broken+=("$name: no test ran")
  elif [[ $status -ne 0 ]] && ! cut -f2 <<<"$lines" | grep -q '^failed$'; then
    broken+=("$name: the run ended with status $status though no test had failed (did it crash?)")
  fi
}

skip_run() {
  printf '\n== %s: skipped: %s\n' "$1" "$2"
  printf '%s\tskipped\t(the whole run)\t%s\n' "$1" "$2" >>"$results/results.tsv"
}

as_root rm -rf "$results"
mkdir -p "$results"
: >"$results/results.tsv"

printf '== build\n'
dotnet build Wgns.sln -c "$configuration" -v q --nologo </dev/null

# Fast, and with nothing to wait for: those beside it would wait for it.
start unit -- tests/Wgns.Tests
finish unit

# Three parts of about the same length. Demonstrations are one at a time on a machine: they are all in the last.
privileged=tests/Wgns.Tests.Privileged
of() { local folder filter=; for folder in "$@"; do filter+="|FullyQualifiedName~Privileged.$folder"; done; printf '%s' "${filter#|}"; }
leaks=(Leaks)
lifecycle=(Lifecycle Firewall WireGuard)
start leaks as_root -- $privileged --filter "$(of "${leaks[@]}")"
start lifecycle as_root -- $privileged --filter "$(of "${lifecycle[@]}")"
start privileged as_root -- $privileged --filter "$(of "${leaks[@]}" "${lifecycle[@]}" | sed 's/~/!~/g; s/|/\&/g')"

# The test host talks to its runner over loopback, which a fresh netns has down.
in_user_namespace() { unshare -Urnm sh -c 'ip link set lo up && exec "$@"' sh "$@"; }
if in_user_namespace true 2>/dev/null; then
  start user-namespace in_user_namespace -- $privileged --filter TestCategory=UserNamespace
else
  skip_run user-namespace "unprivileged user namespaces are not allowed on this machine"
fi
for name in "${runs[@]:1}"; do finish "$name"; done

# try_again NAME PREFIX...: a test that waits for other programs may fail where the machine is busy. A few that did are run once
# more, alone, and told of: each is a fault, if only of the test. Of Leaks only the controls are, which fail where too
# little was seen: a packet that got out once got out.
try_again() {
  local name=$1 again=$1-again which=. tests; shift
  [[ $name != leaks ]] || which='^With_(another_link|the_rules_loaded)_'
  mapfile -t tests < <(awk -F '\t' -v run="$name" -v which="$which" \
    '$1 == run && $2 == "failed" && $3 ~ which { print $3 }' "$results/results.tsv")
  [[ ${#tests[@]} -ge 1 && ${#tests[@]} -le 3 ]] || return 0
  start "$again" "$@" -- $privileged --filter "$(printf '|Name~%s' "${tests[@]%%(*}" | cut -c2-)"
  finish "$again"
  awk -F '\t' -v OFS='\t' -v run="$name" -v again="$again" -v unsteady="$results/unsteady.tsv" '
    NR == FNR { if ($1 == again) second[$3] = $2; next }
    $1 == again { next }
    $1 == run && $2 == "failed" && second[$3] == "passed" { print >>unsteady; $2 = "passed"; $4 = "" }
    { print }' "$results/results.tsv" "$results/results.tsv" >"$results/merged.tsv"
  mv "$results/merged.tsv" "$results/results.tsv"
}
for name in leaks lifecycle privileged; do try_again "$name" as_root; done
try_again user-namespace in_user_namespace
give_back

# No key that a test made may stand in anything that was printed or written: logs, state, plans, errors, the reports above.
search_keys() { grep -rlF -f "$secrets/all" "$1" || [[ $? -eq 1 ]]; }
keys_are_nowhere() {
  local made found
  cat "$secrets"/* >"$secrets/all"
  made=$(wc -l <"$secrets/all")
  [[ $made -gt 0 && -n $(find "$results" -name '*.transcript' -size +0) ]] || { printf 'there are no keys to look for, or nothing was said\n'; return; }
  # The control: one that is there is found.
  local control
  control=$(mktemp)
  { printf 'private_key='; head -n 2 "$secrets/all" | tail -n 1; } >"$control"
  [[ -n $(search_keys "$control") ]] || printf 'the search does not find what is there\n'
  rm -f "$control"
  found=$(search_keys "$results" | tr '\n' ' ')
  [[ -z $found ]] || printf 'a key is in %s\n' "$found"
}
problem=$(keys_are_nowhere)
printf 'keys\t%s\t%s\t%s\n' "$([[ -z $problem ]] && echo passed || echo failed)" No_key_is_in_anything_that_the_tests_printed_or_wrote "$problem" >>"$results/results.tsv"

count() { awk -F '\t' -v outcome="$1" '$2 == outcome { n++ } END { print n + 0 }' "$results/results.tsv"; }
passed=$(count passed) failed=$(count failed) skipped=$(count skipped)

printf '\n== summary\n'
awk -F '\t' '$2 == "failed" { printf "failed   %s: %s\n           %s\n", $1, $3, $4 }' "$results/results.tsv"
for text in ${broken[@]+"${broken[@]}"}; do printf 'failed   %s\n' "$text"; done
[[ ! -e $results/unsteady.tsv ]] || awk -F '\t' '{ printf "unsteady %s: %s (passed when it was run again)\n           %s\n", $1, $3, $4 }' "$results/unsteady.tsv"
awk -F '\t' '$2 == "skipped" { n[$4]++ } END { for (r in n) printf "skipped  %d: %s\n", n[r], r }' "$results/results.tsv" | sort
# A run that broke counts as one failure: it has no test to be counted by.
printf '%d passed, %d failed, %d skipped\n' "$passed" "$((failed + ${#broken[@]}))" "$skipped" | tee "$results/summary"
[[ $((failed + ${#broken[@]})) -eq 0 && $passed -gt 0 ]]
