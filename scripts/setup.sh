#!/usr/bin/env bash
# Looks for what a purpose needs and installs what is missing with apt-get.
#   scripts/setup.sh PURPOSE...
# Each thing is looked for by what is used of it (a command, a library, a header) and not by its package's
# name: names differ between releases (libssl3 became libssl3t64), and other distributions have their own.
set -euo pipefail

every_purpose='build run test bench vm'

# sbin is not in an ordinary user's PATH on Debian, but nft and ip live there.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# what to look for | purposes | Debian, Ubuntu | Fedora | Arch | NixOS
needs='
cmd:gcc                   | build test bench | gcc              | gcc            | gcc                 | gcc
header:stdio.h            | build test bench | libc6-dev        | glibc-devel    | glibc               | glibc.dev
header:linux/netlink.h    | test bench       | linux-libc-dev   | kernel-headers | linux-api-headers   | linuxHeaders
header:zlib.h             | build            | zlib1g-dev       | zlib-devel     | zlib                | zlib.dev
file:ca-certificates      | build            | ca-certificates  | ca-certificates| ca-certificates     | cacert
cmd:ip                    | run test bench   | iproute2         | iproute        | iproute2            | iproute2
cmd:nft                   | run test bench   | nftables         | nftables       | nftables            | nftables
lib:libnftables.so.1      | run test bench   | libnftables1     | nftables       | nftables            | nftables
lib:libcrypto.so.3        | run test bench   | libssl3          | openssl-libs   | openssl             | openssl
cmd:wireguard-go          | test bench       | wireguard-go     | wireguard-go   | wireguard-go        | wireguard-go
cmd:wg                    | test bench       | wireguard-tools  | wireguard-tools| wireguard-tools     | wireguard-tools
cmd:unshare               | run test bench   | util-linux       | util-linux     | util-linux          | util-linux
cmd:bwrap                 | test             | bubblewrap       | bubblewrap     | bubblewrap          | bubblewrap
cmd:newuidmap             | test             | uidmap           | shadow-utils   | shadow              | shadow
cmd:iperf3                | bench            | iperf3           | iperf3         | iperf3              | iperf3
cmd:socat                 | bench            | socat            | socat          | socat               | socat
cmd:ping                  | test bench       | iputils-ping     | iputils        | iputils             | iputils
cmd:jq                    | test             | jq               | jq             | jq                  | jq
cmd:setcap                | test             | libcap2-bin      | libcap         | libcap              | libcap
cmd:tcpdump               | test             | tcpdump          | tcpdump        | tcpdump             | tcpdump
cmd:strace                | test             | strace           | strace         | strace              | strace
apt:nix-instantiate       | test             | nix-bin          | nix            | nix                 | nix
apt:systemd-analyze       | test             | systemd          | systemd        | systemd             | systemd
apt:systemd-nspawn        | test             | systemd-container| systemd-container | systemd          | systemd
apt:firejail              | test             | firejail         | firejail       | firejail            | firejail
apt:podman                | test             | podman           | podman         | podman              | podman
apt:fish                  | test             | fish             | fish           | fish                | fish
apt:zsh                   | test             | zsh              | zsh            | zsh                 | zsh
header:nftables/libnftables.h | test         | libnftables-dev  | nftables-devel | nftables            | nftables.dev
cmd:curl                  | test             | curl             | curl           | curl                | curl
cmd:qemu-system-x86_64    | vm               | qemu-system-x86  | qemu-system-x86| qemu-system-x86     | qemu
cmd:mmdebstrap            | vm               | mmdebstrap       | mmdebstrap     | mmdebstrap (AUR)    | mmdebstrap
cmd:mke2fs                | vm               | e2fsprogs        | e2fsprogs      | e2fsprogs           | e2fsprogs
file:debian-keyring       | vm               | debian-archive-keyring | debian-keyring | debian-archive-keyring | debian-archive-keyring
'

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

check_dotnet() {
  # The lists are compared by hand: `dotnet --version` starts the runtime and takes longer than all the rest.
  if command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    return
  fi
  if command -v dotnet >/dev/null; then
    say "The .NET SDK 10 is missing; this machine has:"
    dotnet --list-sdks 2>/dev/null | sed 's/^/    /'
  else
    say "The .NET SDK 10 is missing: there is no 'dotnet' in PATH."
  fi >&2
  cat >&2 <<'MSG'

wgns is built with the .NET SDK 10. One of these gets it:
    Ubuntu 24.04 and later   sudo apt-get install dotnet-sdk-10.0
    Debian                   add Microsoft's feed: https://learn.microsoft.com/dotnet/core/install/linux-debian
                             then sudo apt-get install dotnet-sdk-10.0
    Fedora                   sudo dnf install dotnet-sdk-10.0
    Arch                     sudo pacman -S dotnet-sdk
    NixOS                    nix-shell -p dotnet-sdk_10
    anywhere, no root        https://learn.microsoft.com/dotnet/core/install/linux-scripted-manual
Then run the same command again.
MSG
  exit 1
}

libraries=''
has_library() {
  [[ -n $libraries ]] || libraries=$(ldconfig -p 2>/dev/null || true)
  [[ $libraries == *"$1"* ]] && return
  # NixOS has no ldconfig cache.
  local dir
  IFS=: read -ra dirs <<<"${LD_LIBRARY_PATH:-}:/run/current-system/sw/lib:/usr/lib:/usr/lib64"
  for dir in "${dirs[@]}"; do [[ -n $dir && -e $dir/$1 ]] && return; done
  return 1
}

has_header() {
  if [[ -e /usr/include/$1 ]]; then return; fi
  # Elsewhere (Nix, multiarch) only the compiler knows the place.
  command -v gcc >/dev/null && gcc -E -include "$1" -x c /dev/null >/dev/null 2>&1
}

is_there() {
  local name=${1#*:}
  case $1 in
    cmd:*) command -v "$name" >/dev/null ;;
    # What Debian has ready and others may not: there its tests are skipped and say so.
    apt:*) command -v "$name" >/dev/null || ! command -v apt-get >/dev/null ;;
    lib:*) has_library "$name" ;;
    header:*) has_header "$name" ;;
    file:ca-certificates)
      [[ -e /etc/ssl/certs/ca-certificates.crt || -e /etc/pki/tls/certs/ca-bundle.crt ]] ;;
    file:debian-keyring) [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] ;;
    *) fail "this script does not know how to look for $1" ;;
  esac
}

trim() { local s=$1; s=${s#"${s%%[! ]*}"}; printf '%s' "${s%"${s##*[! ]}"}"; }

debian=() missing=()
look() {
  local probe purposes deb fedora arch nix purpose
  while IFS='|' read -r probe purposes deb fedora arch nix; do
    [[ -n ${probe// /} ]] || continue
    for purpose in "$@"; do
      if [[ " $purposes " == *" $purpose "* ]]; then
        is_there "${probe// /}" && continue 2
        debian+=("${deb// /}")
        missing+=("$(printf '%-22s %-18s %-18s %-18s %s' "$(trim "$probe")" "${deb// /}" "${fedora// /}" "${arch// /}" "$(trim "$nix")")")
        continue 2
      fi
    done
  done <<<"$needs"
}

stop_without_apt() {
  {
    say "These are missing, and there is no apt-get here to install them with. Your packages for them:"
    printf '    %-22s %-18s %-18s %-18s %s\n' "what" "Debian, Ubuntu" "Fedora" "Arch" "NixOS"
    printf '    %s\n' "${missing[@]}"
    say "Install them and run the same command again."
  } >&2
  exit 1
}

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
    apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# Lists are stale when there are none (a container's image ships none) or the newest is older than a day.
lists_are_fresh() {
  [[ -n $(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -print -quit 2>/dev/null) &&
     -n $(find /var/lib/apt/lists /var/lib/apt/lists/partial -maxdepth 0 -mtime -1 -print -quit 2>/dev/null) ]]
}

install_missing() {
  command -v apt-get >/dev/null || stop_without_apt
  [[ $EUID -eq 0 ]] || command -v sudo >/dev/null ||
    fail "installing ${debian[*]} takes root, and there is no sudo here: as root, run: apt-get install ${debian[*]}"
  say "setup: installing with apt-get: ${debian[*]}"
  local updated=no
  if ! lists_are_fresh; then
    say "setup: the package lists are missing or older than a day: apt-get update"
    apt update || fail "apt-get update failed (its words are above)"
    updated=yes
  fi
  if ! apt install --no-install-recommends "${debian[@]}"; then
    [[ $updated == no ]] || fail "apt-get could not install ${debian[*]} (its words are above)"
    say "setup: that failed; once more with new package lists"
    apt update || fail "apt-get update failed (its words are above)"
    apt install --no-install-recommends "${debian[@]}" ||
      fail "apt-get could not install ${debian[*]} (its words are above)"
  fi
}

[[ $# -gt 0 ]] || fail "usage: scripts/setup.sh PURPOSE...  ($every_purpose)"
for purpose in "$@"; do
  [[ " $every_purpose " == *" $purpose "* ]] || fail "no such purpose: $purpose ($every_purpose)"
done

[[ " $* " != *" build "* && " $* " != *" test "* ]] || check_dotnet
look "$@"
if [[ ${#debian[@]} -gt 0 ]]; then
  install_missing
  debian=() missing=() libraries=''
  hash -r
  look "$@"
  [[ ${#debian[@]} -eq 0 ]] || fail "apt-get finished, but these are still missing: ${debian[*]}"
  say "setup: done"
fi
