# shellcheck shell=bash
# Sourced by whatever runs `dotnet`: what a fresh machine needs for it to work and to keep quiet.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# Without libicu the SDK stops at its first line. wgns itself never asks for a culture.
if ! { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q libicuuc; }; then
  export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_SYSTEM_GLOBALIZATION_PREDEFINED_CULTURES_ONLY=0
fi
