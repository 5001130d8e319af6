# Options of a published socket: the keys of a [[publish]] table, in wgns.toml(5).
{ lib, ... }:
let
  inherit (lib) mkOption types;
  address = types.either (types.ints.between 1 65535) types.str;
in
{
  options = {
    listen = mkOption {
      type = address;
      example = "127.0.0.1:9091";
      description = ''
        Where the host listens: a port of 127.0.0.1, `address:port`, `[IPv6 address]:port`, or the absolute path of a
        unix socket.
      '';
    };

    connect = mkOption {
      type = types.nullOr address;
      default = null;
      example = "127.0.0.1:9091";
      description = ''
        Where the service listens inside, as {option}`listen`. The default is the same port of 127.0.0.1; beside the path
        of a unix socket it has to be given.
      '';
    };

    protocol = mkOption {
      type = types.nullOr (
        types.enum [
          "tcp"
          "udp"
          "unix"
        ]
      );
      default = null;
      description = ''What is spoken: `"unix"` where {option}`listen` is a path, else `"tcp"`, which is the default, or `"udp"`.'';
    };

    from = mkOption {
      type = types.nullOr (
        types.enum [
          "host"
          "lan"
          "tunnel"
        ]
      );
      default = null;
      description = ''
        Who is let in: programs of this machine (`"host"`, the default of a loopback address and of a path), whoever reaches
        the address (`"lan"`, the default of any other), or whoever comes by the tunnel (`"tunnel"`): a port that the provider
        forwards. That one is let in to the service itself, by a rule and without a proxy; {option}`listen` is the port alone.
        The machine's own firewall is not touched.
      '';
    };

    via = mkOption {
      type = types.nullOr (
        types.enum [
          "proxy"
          "link"
        ]
      );
      default = null;
      description = ''
        What carries it: a proxy (`"proxy"`, the default), or with {option}`from` `"lan"` the kernel, by destination NAT over
        {option}`hostLink` (`"link"`). Then {option}`connect` is the port alone, and the service listens on every address or on
        the link's. Forwarding is turned on for the links that it takes, and for nothing but it.
      '';
    };

    idle = mkOption {
      type = types.nullOr (types.ints.between 0 86400);
      default = null;
      description = "After how many seconds without a connection the proxy leaves, until the next one; 300 where null. 0: never.";
    };

    proxyProtocol = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether each connection begins with a header of PROXY protocol version 2, by which the service learns who is
        connected. It must be told to expect one.
      '';
    };
  };
}
