# What a confined service would share with the machine all the same: as `wgns units confine` refuses and warns of it
# (src/Wgns/Systemd/ConfineWarnings.cs).
{
  config,
  lib,
  # Those that are confined.
  services,
  sockets,
}:
let
  # Of the units that it is joined with systemd takes the one that runs, and its network with it, whatever else is said.
  joined = lib.concatMap (
    unit:
    lib.optional ((services.${unit}.unitConfig.JoinsNamespaceOf or [ ]) != [ ]) {
      assertion = false;
      message = "systemd.services.${unit}.unitConfig.JoinsNamespaceOf: the service would be in the network of that unit, and not in namespace ${services.${unit}.wireguardNamespace}; take one of the two away.";
    }
  ) (builtins.attrNames services);

  view = import ../view.nix { inherit lib; };

  settings = value: map toString (lib.toList value);
  words = value: builtins.filter (word: builtins.isString word && word != "") (lib.concatMap (builtins.split " +") (settings value));

  # What every ordinary service comes after (bootup(7)), and so what makes the namespace. An order cannot be taken back by a drop-in.
  circles =
    kind: units:
    lib.concatMap (
      unit:
      let
        def = units.${unit};
        early = builtins.filter (target: builtins.elem target view.earliest) ((def.before or [ ]) ++ words ((def.unitConfig or { }).Before or [ ]));
      in
      lib.optional (early != [ ]) {
        assertion = false;
        message = "systemd.${kind}.${unit}.before has ${builtins.head early}, and namespace ${def.wireguardNamespace} is made after that: systemd would break the circle by starting one of them not at all. Take it away.";
      }
    ) (builtins.attrNames units);

  # JoinsNamespaceOf= from the other end: it is one relation. One without a network of its own shares /tmp and nothing else.
  joining = lib.concatMap (
    unit:
    let
      inherit (config.systemd.services.${unit}) serviceConfig unitConfig;
      hasNetwork = builtins.any (value: !builtins.elem value [ "" "0" "no" "n" "false" "f" "off" ]) (
        settings (serviceConfig.PrivateNetwork or "") ++ settings (serviceConfig.NetworkNamespacePath or "")
      );
      named = builtins.filter (other: services ? ${lib.removeSuffix ".service" other}) (words (unitConfig.JoinsNamespaceOf or [ ]));
    in
    lib.optionals (!(services ? ${unit}) && hasNetwork) (
      map (other: {
        assertion = false;
        message = "systemd.services.${unit}.unitConfig.JoinsNamespaceOf names ${other}, which would be in whichever network of the two is there first, and not in namespace ${
          services.${lib.removeSuffix ".service" other}.wireguardNamespace
        }; take it away, and set systemd.services.${unit}.wireguardNamespace.";
      }) named
    )
  ) (builtins.attrNames config.systemd.services);

  # systemd.service(5). Those before and after it are left alone, or each user of NixOS' Transmission would hear of it.
  unconfined = lib.concatMap (
    unit:
    lib.optional
      (builtins.any (command: builtins.match "[@:!|-]*[+].*" (builtins.substring 0 8 command) != null) (
        settings (services.${unit}.serviceConfig.ExecStart or [ ])
      ))
      "systemd.services.${unit}.serviceConfig.ExecStart has a \"+\" before it, by which systemd runs it with the machine's own /run and /etc: it looks names up outside. Take the \"+\" away."
  ) (builtins.attrNames services);

  # By a socket for datagrams of the machine's a service sends wherever it likes; by one for connections it only answers.
  handed = lib.concatMap (
    socket:
    let
      def = config.systemd.sockets.${socket};
      unit = lib.removeSuffix ".service" (def.socketConfig.Service or socket);
      addresses = builtins.filter (address: !lib.hasPrefix "/" address && !lib.hasPrefix "@" address) (
        def.listenDatagrams ++ settings (def.socketConfig.ListenDatagram or [ ])
      );
    in
    lib.optional (def.wireguardNamespace == null && services ? ${unit} && addresses != [ ])
      "systemd.services.${unit} is handed a socket for datagrams of systemd.sockets.${socket}, which is the machine's: what it sends by that goes past the tunnel. Set systemd.sockets.${socket}.wireguardNamespace = \"${services.${unit}.wireguardNamespace}\"."
  ) (builtins.attrNames config.systemd.sockets);
  # From the other end: a socket inside does not take the service in that it starts, which is an instance of a template where each
  # connection gets one.
  started = lib.concatMap (
    socket:
    let
      def = sockets.${socket};
      isForEach = builtins.elem (toString (def.socketConfig.Accept or "")) [ "1" "yes" "y" "true" "t" "on" ];
      unit = lib.removeSuffix ".service" (def.socketConfig.Service or (if isForEach then "${socket}@" else socket));
    in
    lib.optional (!(services ? ${unit}) && !(services ? ${templateOf unit}))
      "systemd.sockets.${socket} starts systemd.services.${unit}, which is not inside: what that begins itself goes past the tunnel. Set systemd.services.${
        if isForEach then "\"${unit}\"" else unit
      }.wireguardNamespace = \"${def.wireguardNamespace}\"."
  ) (builtins.attrNames sockets);
  templateOf = unit: builtins.head (builtins.match "([^@]*@?).*" unit);

  # A name that nothing else in the configuration knows makes a unit of nothing, and the service that was meant stays outside. A
  # package's own unit has its commands there.
  unheardOf = lib.concatMap (
    unit:
    let
      def = config.systemd.services.${unit};
      runs = def.script != "" || builtins.any (lib.hasPrefix "Exec") (builtins.attrNames def.serviceConfig);
      isWanted = !lib.hasInfix "@" unit && def.wantedBy ++ def.requiredBy != [ ];
    in
    lib.optional (def.wireguardNamespace != null && def.overrideStrategy != "asDropin" && !runs && !isWanted)
      "systemd.services.${unit}.wireguardNamespace: nothing else here says what ${unit}.service runs, and a service of another name is not inside. Correct the name, or where it is a package's unit or an instance of a template set systemd.services.\"${unit}\".overrideStrategy = \"asDropin\"."
  ) (builtins.attrNames services);
in
{
  assertions = joined ++ joining ++ circles "services" services ++ circles "sockets" sockets;
  warnings = unconfined ++ handed ++ started ++ unheardOf;
}
