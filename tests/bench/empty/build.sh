#!/usr/bin/env bash
# Builds out/bench/empty, a native .NET program that does nothing, where out/wgns is native too.
set -euo pipefail
cd "$(dirname "$0")/../../.."
. scripts/dotnet-env.sh
{ read -r key; read -r framework; } <out/artifacts/framework
if [[ $framework == managed ]]; then
  printf 'bench: wgns is not native here, and there is no empty program to compare its start with\n'
  exit 0
fi
# Built beside the tests' own objects, as out/wgns is.
dotnet publish tests/bench/empty -c Release -r "${key%% *}" -v q -p:PublishAot=true \
  -p:TargetFramework="$framework" --artifacts-path out/artifacts/empty -o out/artifacts/empty/native
cp out/artifacts/empty/native/Empty out/bench/empty
