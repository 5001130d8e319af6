# Each published socket as a socket of the host and a proxy inside: what `wgns units publish` prints for it, and held to
# that by a test. Without the comments, which are there.
{ lib, program }:
let
  addresses = import ./addresses.nix { inherit lib; };
in
name: publish:
let
  listen = addresses.parse publish.listen;
  connect = addresses.connectOf publish;
  isUdp = publish.protocol == "udp";
  idle = if publish.idle == null then 300 else publish.idle;
  stem = "wgns-publish-${name}:${lib.optionalString isUdp "udp:"}${addresses.unitPart listen}";
  isPath = connect.path != null;
  netns = "wgns-netns@${name}.service";
  wantedBy = [
    "sockets.target"
    netns
  ];
  # `%` begins a specifier.
  say = address: builtins.replaceStrings [ "%" ] [ "%%" ] address.text;
in
{
  inherit stem wantedBy;

  socket = ''
    [Unit]
    Description=${say listen} for network namespace ${name}
    Documentation=man:wgns(1)

    [Socket]
    Listen${if isUdp then "Datagram" else "Stream"}=${say listen}
    ${
      if listen.path != null then
        "RemoveOnStop=yes\n"
      else if addresses.isLoopback listen then
        ""
      else
        "FreeBind=yes\n"
    }
    [Install]
    ${lib.concatMapStringsSep "\n" (unit: "WantedBy=${unit}") wantedBy}
  '';

  service = ''
    [Unit]
    Description=${say listen} to ${say connect} in network namespace ${name}
    Documentation=man:wgns(1)
    Requires=${stem}.socket
    After=${stem}.socket
    BindsTo=${netns}
    After=${netns}

    [Service]
    Type=exec
    ExecStart=${program} forward --idle ${toString idle} fd:3 ${lib.optionalString publish.proxyProtocol "proxy:"}${addresses.word connect.text}
    LimitNOFILE=65536
    NetworkNamespacePath=/run/netns/${name}
    DynamicUser=yes
    CapabilityBoundingSet=
    LockPersonality=yes
    MemoryDenyWriteExecute=yes
    NoNewPrivileges=yes
    PrivateDevices=yes
    PrivateTmp=${if isPath then "no" else "yes"}
    PrivateUsers=yes
    ProcSubset=pid
    ProtectClock=yes
    ProtectControlGroups=yes
    ProtectHome=${if isPath then "read-only" else "yes"}
    ProtectHostname=yes
    ProtectKernelLogs=yes
    ProtectKernelModules=yes
    ProtectKernelTunables=yes
    ProtectProc=invisible
    ProtectSystem=strict
    RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
    RestrictNamespaces=yes
    RestrictRealtime=yes
    RestrictSUIDSGID=yes
    SystemCallArchitectures=native
    SystemCallFilter=@system-service
    SystemCallFilter=~@privileged @resources
    SystemCallErrorNumber=EPERM
    UMask=0077
  '';
}
