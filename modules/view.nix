# The drop-ins that confine a service or a socket to a namespace: what `wgns units confine` prints for it, by the same
# description (src/Wgns/Confinement) and held to it by a test. Without the comments, which are there.
{ lib }:
let
  inherit (lib) concatMap optional;

  # Words of a setting, which may be a string, a list or a mixture.
  words = value: concatMap (text: builtins.filter (w: builtins.isString w && w != "") (builtins.split " +" (toString text))) (lib.toList value);

  below = directory: path: lib.hasPrefix "${directory}/" path;

  # What everybody gets of the host's /run.
  runAllowed = [
    "/run/systemd/journal"
    "/run/systemd/notify"
    "/run/systemd/userdb"
    "/run/systemd/system"
    "/run/current-system"
    "/run/booted-system"
    "/run/wrappers"
    "/run/opengl-driver"
    "/run/opengl-driver-32"
  ];

  # What the service says of itself.
  own =
    settings:
    let
      writable = map (path: builtins.head (builtins.match "[-+!]*(.*)" path)) (words (settings.ReadWritePaths or [ ]));
      directories =
        root: setting:
        map (name: "${root}/${builtins.head (builtins.split ":" name)}") (words (settings.${setting} or [ ]))
        ++ builtins.filter (below root) writable;
    in
    {
      run = lib.unique (directories "/run" "RuntimeDirectory");
      etc = builtins.sort builtins.lessThan (lib.unique (directories "/etc" "ConfigurationDirectory"));
    };

  # A service may bind the host's whole /run or /etc itself, as Transmission's of NixOS does: that would win against ours,
  # so its list is begun anew without them. What it names below them it has asked for.
  withoutWhole =
    settings: key:
    let
      listed = words (settings.${key} or [ ]);
      source = entry: builtins.head (builtins.match "-?(.*)" entry);
      target =
        entry:
        let
          parts = builtins.filter builtins.isString (builtins.split ":" (source entry));
        in
        if builtins.length parts > 1 then builtins.elemAt parts 1 else builtins.head parts;
      isWhole =
        entry:
        builtins.elem (target entry) [
          "/run"
          "/run/"
          "/var/run"
          "/etc"
          "/etc/"
        ];
      kept = builtins.filter (entry: !isWhole entry) listed;
    in
    lib.optionals (builtins.any isWhole listed) ([ "${key}=" ] ++ map (entry: "${key}=${entry}") kept);

  unitLines =
    name: [
      "BindsTo=wgns-netns@${name}.service"
      "After=wgns-netns@${name}.service"
      "Wants=wgns@${name}.service"
      "After=wgns@${name}.service"
    ];

  text = lines: builtins.concatStringsSep "\n" lines + "\n";
in
{
  # settings: the service's [Service]. moreEtc: files of /etc/netns/NAME besides resolv.conf and nsswitch.conf.
  service =
    {
      name,
      settings,
      moreEtc,
    }:
    let
      paths = own settings;
      restrictsFamilies = words (settings.RestrictAddressFamilies or [ ]) != [ ];
    in
    text (
      [ "[Unit]" ]
      ++ unitLines name
      ++ [
        "Requires=wgns-etc@${name}.service"
        "After=wgns-etc@${name}.service"
        ""
        "[Service]"
        "NetworkNamespacePath=/run/netns/${name}"
      ]
      ++ withoutWhole settings "BindPaths"
      ++ withoutWhole settings "BindReadOnlyPaths"
      ++ [
        "TemporaryFileSystem=/run:ro /run/lock:mode=1777"
      ]
      ++ map (path: "BindReadOnlyPaths=-${path}") runAllowed
      ++ map (path: "BindPaths=-${path}") paths.run
      ++ [ "BindReadOnlyPaths=/run/wgns/${name}.etc/now:/etc" ]
      ++ map (file: "BindReadOnlyPaths=/etc/netns/${name}/${file}:/etc/${file}") [
        "resolv.conf"
        "nsswitch.conf"
      ]
      ++ map (file: "BindReadOnlyPaths=-/etc/netns/${name}/${file}:/etc/${file}") moreEtc
      ++ map (path: "BindPaths=-${path}") paths.etc
      ++ [
        (
          if restrictsFamilies then
            "RestrictAddressFamilies=~AF_VSOCK"
          else
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET"
        )
      ]
    );

  socket =
    { name }:
    text (
      [ "[Unit]" ]
      ++ unitLines name
      ++ [
        ""
        "[Socket]"
        "NetworkNamespacePath=/run/netns/${name}"
      ]
    );
}
