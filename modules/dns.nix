# The text of a namespace's resolv.conf(5) and nsswitch.conf(5), the same as wgns writes.
{ lib }:
{
  resolvConf =
    cfg:
    lib.concatStrings (
      [ "# Written by wgns for namespace ${cfg.namespace_name}\n" ]
      ++ lib.optional (cfg.dnsSearch != [ ]) "search ${builtins.concatStringsSep " " cfg.dnsSearch}\n"
      ++ map (server: "nameserver ${server}\n") (lib.toList (cfg.dns_server or [ ]))
    );

  # Names come from /etc/hosts and resolv.conf's servers alone: the other sources ask daemons of the host, over sockets
  # that a network namespace does not close.
  nsswitchConf = cfg: ''
    # Written by wgns for namespace ${cfg.namespace_name}
    passwd:    files systemd sss
    group:     files systemd sss
    shadow:    files
    gshadow:   files
    hosts:     files dns
    networks:  files
    protocols: files
    services:  files
    ethers:    files
    rpc:       files
  '';
}
