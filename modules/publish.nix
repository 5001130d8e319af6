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

    idle = mkOption {
      type = types.ints.between 0 86400;
      default = 300;
      description = "After how many seconds without a connection the proxy leaves, until the next one. 0: never.";
    };
  };
}
