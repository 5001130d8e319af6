# Stand-ins for the packages that modules/ names. Nothing is built: a package is its path, a generated file its value.
let
  package = name: {
    type = "derivation";
    inherit name;
    outPath = "/nix/store/00000000000000000000000000000000-${name}";
    meta.mainProgram = name;
  };
in
builtins.listToAttrs (
  map
    (name: {
      inherit name;
      value = package name;
    })
    [
      "wgns"
      "wireguard-go"
      "systemd"
      # What the machines of nix/tests have besides.
      "busybox"
      "coreutils"
      "curl"
      "jq"
      "nftables"
      "socat"
      "tcpdump"
      "transmission_4"
      "wireguard-tools"
    ]
)
// {
  writeTextFile = { name, destination, text }: package name // { inherit destination text; };
  formats.toml = _: {
    generate = name: value: {
      inherit value;
      outPath = "/nix/store/11111111111111111111111111111111-${name}";
    };
  };
}
