# What `make build`, `make test` and `make bench` look for: scripts/setup.sh has the same list for other systems.
{
  mkShell,
  cacert,
  curl,
  dotnetCorePackages,
  gcc,
  iproute2,
  jq,
  lib,
  linuxHeaders,
  nftables,
  nix,
  openssl,
  strace,
  tcpdump,
  util-linux,
  wireguard-go,
  wireguard-tools,
  zlib,
}:
mkShell {
  packages = [
    cacert
    curl
    dotnetCorePackages.sdk_10_0
    gcc
    iproute2
    jq
    linuxHeaders
    nftables
    nix
    strace
    tcpdump
    util-linux
    wireguard-go
    wireguard-tools
    zlib.dev
  ];
  # A program that was built by hand looks for its libraries by their names.
  LD_LIBRARY_PATH = lib.makeLibraryPath [
    nftables
    openssl
    zlib
  ];
}
