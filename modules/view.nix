# The drop-ins that confine a service or a socket to a namespace: what `wgns units confine` prints for it, by the same
# description (src/Wgns/Confinement) and held to it by a test. Without the comments, which are there.
{ lib }:
let
  inherit (lib) concatMap optional;

  # Words of a setting, which may be a string, a list or a mixture.
  words = value: concatMap (text: builtins.filter (w: builtins.isString w && w != "") (builtins.split " +" (toString text))) (lib.toList value);

  # The first of the lines, since the last that forgets all, decides what becomes of calls that none of them names.
  allowsByList =
    lines:
    let
      since = builtins.foldl' (kept: line: if toString line == "" then [ ] else kept ++ [ (toString line) ]) [ ] lines;
    in
    since != [ ] && !lib.hasPrefix "~" (builtins.head since);

  below = directory: path: lib.hasPrefix "${directory}/" path;

  # What everybody gets of the host's /run.
  runAllowed = [
    "/run/systemd/journal"
    "/run/systemd/notify"
    "/run/systemd/userdb"
    "/run/wgns-nscd:/run/nscd"
    "/run/systemd/system"
    "/run/current-system"
    "/run/booted-system"
    "/run/wrappers"
    "/run/opengl-driver"
    "/run/opengl-driver-32"
  ];

  # What can only lead to a resolver outside: nscd's socket, and /run/systemd with that of resolved.
  isResolver =
    path:
    path == "/run/systemd"
    || builtins.any (of: path == of || below of path) [
      "/run/nscd"
      "/run/systemd/resolve"
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
      run = lib.unique (builtins.filter (path: !isResolver path) (directories "/run" "RuntimeDirectory"));
      etc = builtins.sort builtins.lessThan (lib.unique (directories "/etc" "ConfigurationDirectory"));
    };

  # A service may bind the host's whole /run or /etc itself, as Transmission's of NixOS does, or the host's resolv.conf, as
  # Kanidm's does: of two binds to one place systemd makes the first, and that would not be ours; and ReadWritePaths= and
  # the like go before TemporaryFileSystem=. So its lists are begun anew without them, and without what can only lead to a
  # resolver outside. Anything else that it names below /run or /etc it has asked for.
  withoutHosts =
    settings: files:
    let
      # SOURCE[:TARGET[:OPTIONS]], a `-` where it may be missing, quotes, a "/" too many, /var/run for /run.
      paths =
        entry:
        map (part: plain (builtins.replaceStrings [ "\"" "'" ] [ "" "" ] part)) (
          builtins.filter builtins.isString (builtins.split ":" (builtins.head (builtins.match "[\"']?[-+]*(.*)" entry)))
        );
      plain =
        path:
        let
          # The two specifiers that stand for such directories (systemd.unit(5)).
          named = builtins.replaceStrings [ "%t" "%E" ] [ "/run" "/etc" ] path;
          parts = builtins.filter (part: builtins.isString part && part != "" && part != ".") (builtins.split "/" named);
          whole = "/" + builtins.concatStringsSep "/" parts;
        in
        if whole == "/var/run" || below "/var/run" whole then lib.removePrefix "/var" whole else whole;
      target =
        entry:
        let
          parts = paths entry;
        in
        if builtins.length parts > 1 then builtins.elemAt parts 1 else builtins.head parts;
      isOurs = path: builtins.elem path ([ "/run" "/etc" ] ++ map (file: "/etc/${file}") files);
      isBoundHosts = entry: isOurs (target entry) || isResolver (target entry) || isResolver (builtins.head (paths entry));
      # A bind of ours stands on /etc, and goes before these.
      isListedHosts = entry: target entry == "/run";

      listed = key: builtins.filter (text: words text != [ ]) (lib.toList (settings.${key} or [ ]));
      anew =
        isHosts: keys:
        let
          # As they were written where nothing of them is the host's: a path in quotes may have spaces.
          keptOf = text: if builtins.any isHosts (words text) then builtins.filter (entry: !isHosts entry) (words text) else [ (toString text) ];
          kept = key: map (entry: "${key}=${entry}") (concatMap keptOf (listed key));
        in
        lib.optionals (builtins.any (key: builtins.any isHosts (words (listed key))) keys) (
          map (key: "${key}=") keys ++ concatMap kept keys
        );
    in
    # Either of the two binds without a value forgets both (systemd.exec(5)).
    anew isBoundHosts [
      "BindPaths"
      "BindReadOnlyPaths"
    ]
    ++ concatMap (key: anew isListedHosts [ key ]) [
      "ReadWritePaths"
      "ReadOnlyPaths"
      "ExecPaths"
      "NoExecPaths"
    ];

  dnsFiles = [
    "resolv.conf"
    "nsswitch.conf"
  ];

  # A resolver comes before what the tunnel is started after, and so not after the tunnel.
  early = [
    "network.target"
    "network-online.target"
    "nss-lookup.target"
  ];

  unitLines =
    name: before:
    [
      "BindsTo=wgns-netns@${name}.service"
      "After=wgns-netns@${name}.service"
      "Wants=wgns@${name}.service"
    ]
    ++ optional (!builtins.any (unit: builtins.elem unit early) before) "After=wgns@${name}.service";

  text = lines: builtins.concatStringsSep "\n" lines + "\n";
in
{
  # Before basic.target, which ordinary services come after (bootup(7)).
  earliest = [
    "basic.target"
    "sysinit.target"
    "sockets.target"
    "paths.target"
    "slices.target"
    "local-fs.target"
    "local-fs-pre.target"
    "swap.target"
    "cryptsetup.target"
  ];

  # settings: the service's [Service]. before: its Before=. moreEtc: files of /etc/netns/NAME besides resolv.conf and nsswitch.conf.
  service =
    {
      name,
      settings,
      before,
      moreEtc,
    }:
    let
      paths = own settings;
      files = dnsFiles ++ moreEtc;
      families = words (settings.RestrictAddressFamilies or [ ]);
      endsAtUnlistedCalls =
        allowsByList (lib.toList (settings.SystemCallFilter or [ ])) && builtins.elem (lib.last ([ "" ] ++ lib.toList (settings.SystemCallErrorNumber or ""))) [ "" "kill" ];
    in
    text (
      [ "[Unit]" ]
      ++ unitLines name before
      ++ [
        "Requires=wgns-etc@${name}.service"
        "After=wgns-etc@${name}.service"
        ""
        "[Service]"
        "NetworkNamespacePath=/run/netns/${name}"
      ]
      ++ withoutHosts settings files
      ++ [
        "TemporaryFileSystem=/run:ro /run/lock:mode=1777"
      ]
      ++ map (path: "BindReadOnlyPaths=-${path}") runAllowed
      ++ map (path: "BindPaths=-${path}") paths.run
      ++ [ "BindReadOnlyPaths=/run/wgns/${name}.etc/now:/etc" ]
      ++ map (file: "BindReadOnlyPaths=/etc/netns/${name}/${file}:/etc/${file}") dnsFiles
      ++ map (file: "BindReadOnlyPaths=-/etc/netns/${name}/${file}:/etc/${file}") moreEtc
      ++ map (path: "BindPaths=-${path}") paths.etc
      ++ (
        if families == [ ] then
          [
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET"
            "RestrictAddressFamilies=~AF_VSOCK"
          ]
        # Not a list to systemd: what is taken from it would allow the rest.
        else if lib.last families == "none" then
          [ ]
        else
          [ "RestrictAddressFamilies=~AF_VSOCK" ]
      )
      ++ [
        "SystemCallFilter=~io_uring_setup:ENOSYS"
      ]
      ++ lib.optionals endsAtUnlistedCalls [
        "SystemCallErrorNumber=ENOSYS"
      ]
    );

  socket =
    { name }:
    text (
      [ "[Unit]" ]
      ++ unitLines name [ ]
      ++ [
        "DefaultDependencies=no"
        "Requires=sysinit.target"
        "After=sysinit.target"
        "Conflicts=shutdown.target"
        "Before=shutdown.target"
        ""
        "[Socket]"
        "NetworkNamespacePath=/run/netns/${name}"
      ]
    );
}
