#!/usr/bin/env bash
# Boots a Debian machine of our own for each suite, runs tests/vm/checks in it, and prints a line a check.
#   tests/vm/run.sh [SUITE...]      default: bookworm trixie; `make vm-test` builds before
#   VM_LIMIT=2400                   seconds until a machine is switched off
#   VM_JOBS=N                       machines at a time; default: as many as there are processors, for each uses one
#   CHECKS=GLOB                     only the files of checks that match (names without number and .sh), e.g. CHECKS='kernel*'
#   BENCH=1                         no checks, but tests/bench/run.sh with the kernel's WireGuard (`make vm-bench`)
#   EVERY=1                         every file of checks in every machine
# A file of checks with a line "# of several machines only: SUITE" is run in that one, and in any that is run alone: the gate
# is to have an answer within a quarter of an hour. What a confined service sees, and the units' ways, are looked at in all.
# The machine is emulated (no KVM is needed) and has no network card. It is started a second time, with the disk as the
# first left it, for the files of checks that ask for that. out/vm/SUITE keeps console.log and results.log.
# Leaves in out/vm: results.tsv (SUITE, outcome, check, reason or time) and summary (the closing line).
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
limit=${VM_LIMIT:-2400}
jobs=${VM_JOBS:-$(nproc)}

fail() { printf 'vm: %s\n' "$*" >&2; exit 1; }
[[ -x out/wgns ]] || fail "there is no out/wgns: run 'make vm-test', or 'make build' first"
[[ $# -gt 0 ]] || set -- bookworm trixie

machines=$#

mkdir -p out/vm
exec 9>out/vm/lock
flock -n 9 || fail "another run has out/vm; its machines and this one's would mix"
: >out/vm/results.tsv

machine=''
# shellcheck disable=SC2317 # called by the trap
switch_off() { [[ -z $machine ]] || kill "$machine" 2>/dev/null || true; rm -f "$dir/running.ext4"; }
record() { printf '%s\t%s\t%s\t%s\n' "$suite" "$1" "$2" "$3" >>out/vm/results.tsv; }
failed() { printf 'FAILED %s: %s\n' "$suite/$1" "$2"; record failed "$1" "$2"; }

# The second disk: program and checks.
second_disk() {
  local tree=$dir/tree
  rm -rf "$tree"
  mkdir -p "$tree/checks"
  cp -L out/wgns "$tree/wgns"
  cp -r tests/vm/guest "$tree/guest"
  scripts/install.sh "$tree/install" /usr/local >/dev/null
  # Static, for the machine's C library may be older than ours; getaddrinfo(3) could not be, and no check needs it.
  gcc -std=gnu11 -O1 -static -DWITHOUT_NAMES -o "$tree/talker" tests/tools/talker/talker.c
  expected=()
  local file name only
  if [[ -n ${BENCH:-} ]]; then
    mkdir -p "$tree/bench/tests" "$tree/bench/out"
    cp -r tests/bench "$tree/bench/tests/"
    cp -r out/bench "$tree/bench/out/"
  fi
  for file in tests/vm/checks/*.sh; do
    name=$(basename "$file" .sh)
    # shellcheck disable=SC2053 # a glob is what it is
    [[ -z ${BENCH:-} && ${name#*-} == ${CHECKS:-*} ]] || continue
    only=$(sed -n 's/^# of several machines only: //p' "$file")
    [[ -z $only || $only == "$suite" || $machines -eq 1 || -n ${EVERY:-} ]] || continue
    cp "$file" "$tree/checks/"
    expected+=("${name#*-}")
  done
  [[ ${#expected[@]} -gt 0 || -n ${BENCH:-} ]] || fail "no file in tests/vm/checks matches CHECKS=$CHECKS"
  rm -f "$dir/second.ext4"
  truncate -s $((32 + $(du -sm "$tree" | cut -f1) * 2))M "$dir/second.ext4"
  mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0 -d "$tree" "$dir/second.ext4"
  rm -rf "$tree"
}

# Lines of the machine become ours, with the suite before the name.
relay() {
  local line rest name
  while IFS= read -r line; do
    line=${line%$'\r'}
    case $line in
      '== end') ended=yes ;;
      '== reboot') again=yes ;;
      '== end '*) finished+=("${line#== end }") ;;
      '== idle '*) idle=$((idle + ${line#== idle })) ;;
      '== begin '*) ;;
      '== machine '*) printf '== %s (%s s after power-on)\n' "${line#== machine }" "$((SECONDS - started))" ;;
      'ok '*)
        name=${line#ok } rest=${line#*$'\t'}
        name=${name%%$'\t'*}
        printf 'ok %s/%s\n' "$suite" "$name"
        record passed "$name" "${rest%?}.${rest: -1} s"
        ;;
      'FAILED '* | 'skipped '*)
        rest=${line#* } name=${line#* }
        name=${name%%:*} rest=${rest#*: }
        printf '%s %s/%s: %s\n' "${line%% *}" "$suite" "$name" "$rest"
        if [[ $line == FAILED* ]]; then record failed "$name" "$rest"; else record skipped "$name" "$rest"; fi
        ;;
      *) printf '%s %s\n' "$suite" "$line" ;;
    esac
  done
}

# computed: `cpu` becomes the seconds of a processor that this shell's machines have had. By a file, for in a pipe and in $() `times`
# is another shell's.
computed() {
  times >"$dir/times"
  cpu=$(awk 'NR == 2 { n = 0; for (i = 1; i <= NF; i++) { split($i, t, "m"); n += t[1] * 60 + t[2] } printf "%d", n }' "$dir/times")
  rm "$dir/times"
}

# One start of the machine, until it switches itself off.
power_on() {
  local status=0 left=$((limit - (SECONDS - started)))
  again=no
  # qemu 7.2 faults on the cmpxchg16b of kernels from 6.12 on, so the kernel is told to do without (clearcpuid); without
  # it in the processor (-cpu max,-cx16) native .NET code would not start. Five-level page tables only cost time.
  # What qemu has translated it finds again by its address: where each program is loaded somewhere else (no norandmaps), it
  # translates ld.so and libc for each anew, and /bin/true takes three times as long.
  exec 3< <(exec timeout -k 5 "$((left > 1 ? left : 1))" qemu-system-x86_64 \
    -accel tcg,thread=multi -cpu max,-la57,-erms -smp 1 -m 768M -nic none -display none -nodefaults -no-reboot -monitor none \
    -chardev "file,id=console,path=$dir/console.log,append=on" -serial chardev:console \
    -chardev "stdio,id=results,signal=off,logfile=$dir/results.log,logappend=on" -serial chardev:results \
    -drive "file=$dir/running.ext4,format=raw,if=virtio,cache=unsafe" \
    -drive "file=$dir/second.ext4,format=raw,if=virtio,readonly=on" \
    -kernel "$dir/vmlinuz" -initrd "$dir/initrd" \
    -append "root=/dev/vda rw console=ttyS0 net.ifnames=0 mitigations=off panic=-1 quiet clearcpuid=cx16,rep_good,erms init_on_alloc=0 audit=0 rcupdate.rcu_expedited=1 norandmaps" </dev/null 2>&1 9>&-)
  machine=$!
  relay <&3
  exec 3<&-
  wait "$machine" || status=$?
  machine=
  return "$status"
}

boot() {
  local name status=0
  trap switch_off EXIT
  tests/vm/image.sh "$suite"
  second_disk
  started=$SECONDS ended=no finished=() idle=0
  local before
  computed
  before=$cpu
  : >"$dir/console.log"
  : >"$dir/results.log"
  # A copy, so that every run starts from the same image; it costs its 200 MB only.
  cp --sparse=always --reflink=auto "$dir/disk.ext4" "$dir/running.ext4"
  power_on || status=$?
  if [[ $again == yes && $status -eq 0 ]]; then power_on || status=$?; fi
  for name in "${expected[@]}"; do
    [[ " ${finished[*]-} " == *" $name "* ]] || failed "$name" "its checks did not come to their end"
  done
  if [[ $ended != yes ]]; then
    failed machine "it stopped after $((SECONDS - started)) s (qemu's status $status, 124: its time was over) without telling the end; $dir/console.log ends:"
    tail -n 25 "$dir/console.log" | tr -d '\r' | sed 's/^/  | /'
  fi
  computed
  # The sum of the last two is what it takes where nobody else has the processors.
  printf '== %s took %s s; it computed for %s s and had nothing to do for %s s\n' \
    "$suite" "$((SECONDS - started))" "$((cpu - before))" "$idle"
}

# Whoever stops this stops the machines.
pids=() suites=()
# shellcheck disable=SC2317 # called by the trap
stop_all() { [[ ${#pids[@]} -eq 0 ]] || kill "${pids[@]}" 2>/dev/null || true; wait; }
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for suite in "$@"; do
  dir=out/vm/$suite
  mkdir -p "$dir"
  while [[ $(jobs -rp | wc -l) -ge $jobs ]]; do wait -n || true; done
  printf '== %s\n' "$suite"
  # A TERM to its shell ends the machine, too.
  { trap 'exit 143' TERM; boot; } &
  pids+=($!) suites+=("$suite")
done
for i in "${!pids[@]}"; do
  suite=${suites[i]}
  wait "${pids[i]}" || failed machine "no machine could be made (its words are above)"
done
pids=()

count() { awk -F '\t' -v outcome="$1" '$2 == outcome { n++ } END { print n + 0 }' out/vm/results.tsv; }
passed=$(count passed) wrong=$(count failed) skipped=$(count skipped)
[[ -z ${BENCH:-} ]] || exit $((wrong > 0))
printf '%d passed, %d failed, %d skipped\n' "$passed" "$wrong" "$skipped" | tee out/vm/summary
[[ $wrong -eq 0 && $passed -gt 0 ]]
