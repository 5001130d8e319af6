#!/usr/bin/env bash
# Builds out/wgns: native code where the SDK's native runtime pack can be restored, else a program that
# needs the .NET 10 runtime. docs/decisions/0003-two-target-frameworks.md says why two frameworks are tried.
# Everything is made under out/artifacts, so that the obj/ folders of an ordinary `dotnet build` stay as they are.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/dotnet-env.sh

say() { printf '%s\n' "$*"; }
fail() { printf 'build: %s\n' "$*" >&2; exit 1; }

case $(uname -m) in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) fail "wgns is built for x86_64 and aarch64; this is $(uname -m)" ;;
esac

mkdir -p out/artifacts
remembered=out/artifacts/framework
log=out/artifacts/restore.log
# With another SDK the answer may be another one.
key="$rid $(dotnet --version)"

# Both properties are needed: with both frameworks in play a restore asks for both native packs.
flags() { printf '%s\n' -p:TargetFrameworks="$1" -p:TargetFramework="$1" -p:PublishAot=true --artifacts-path "out/artifacts/$1"; }

restores() {
  local args
  mapfile -t args < <(flags "$1")
  dotnet restore src/Wgns.Cli -r "$rid" "${args[@]}" -v q >"$log" 2>&1 && return
  # NU1101-NU1103: the source answered, and has no such package. Anything else is a fault to show.
  grep -q 'error NU110[123]' "$log" && ! grep -q 'error NU1301' "$log" && return 1
  cat "$log" >&2
  fail "the packages could not be restored"
}

choose_framework() {
  local framework
  if [[ -e $remembered && $(head -n 1 "$remembered") == "$key" ]]; then
    framework=$(sed -n 2p "$remembered")
    [[ $framework == managed ]] || restores "$framework" || framework=
  fi
  if [[ -z ${framework:-} ]]; then
    for framework in net10.0 net9.0 managed; do
      [[ $framework != managed ]] || break
      say "build: looking for the native runtime pack of $framework ($rid)"
      if restores "$framework"; then break; fi
    done
  fi
  printf '%s\n%s\n' "$key" "$framework" >"$remembered"
  chosen=$framework
}

choose_framework
if [[ $chosen == managed ]]; then
  say "build: no native runtime pack for $rid can be restored from your package source, so out/wgns is not native:"
  say "build: it needs the .NET 10 runtime where it runs, and every command starts some 50 ms later."
  rm -rf out/managed
  dotnet publish src/Wgns.Cli -c Release -f net10.0 -v q --artifacts-path out/artifacts/managed -o out/managed
  ln -sfn managed/Wgns.Cli out/wgns
else
  say "build: native code for $rid on $chosen"
  mapfile -t args < <(flags "$chosen")
  dotnet publish src/Wgns.Cli -c Release -r "$rid" --no-restore -v q "${args[@]}" -o out/artifacts/native
  # Renamed over the old one: a copy into a running program is refused (ETXTBSY).
  cp out/artifacts/native/Wgns.Cli out/wgns.new
  mv -f out/wgns.new out/wgns
fi
touch out/wgns
say "build: $(du -Lh out/wgns | cut -f1) out/wgns"
