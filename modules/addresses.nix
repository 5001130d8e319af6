# Where a stream socket listens, in the words of [[publish]] (wgns.toml(5)): an address and a port, or a path.
{ lib }:
let
  split = regex: text: builtins.match regex text;

  withoutZeros = digits: builtins.head (split "0*([0-9]+)" digits);
  between =
    least: most: digits:
    let
      number = builtins.fromJSON digits;
    in
    number >= least && number <= most;

  # A path as the kernel would write it.
  isPlain =
    path:
    builtins.all (
      part:
      !builtins.elem part [
        ""
        "."
        ".."
      ]
    ) (builtins.filter builtins.isString (builtins.split "/" (builtins.substring 1 (-1) path)));
in
rec {
  # Digits without zeros before them, as text.
  isPort = digits: builtins.stringLength digits <= 5 && between 1 65535 digits;

  isV4 =
    host:
    let
      parts = split "([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})" host;
    in
    parts != null && builtins.all (part: between 0 255 (withoutZeros part)) parts;

  # Whether it looks like an address; of IPv6 no more than that is looked at.
  isAddress = text: isV4 text || split "[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*(%.+)?" text != null;

  # An address with or without the length of a prefix.
  isNetwork =
    text:
    let
      parts = split "([^/]*)(/0*[0-9]{1,3})?" text;
    in
    parts != null && isAddress (builtins.head parts);

  # null where it is none of them; a port alone is one of 127.0.0.1.
  parse =
    value:
    let
      text = toString value;
      port = split "0*([0-9]+)" text;
      v4 = split "([0-9.]+):0*([0-9]+)" text;
      v6 = split "\\[([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*)]:0*([0-9]+)" text;
      path = split "(/[A-Za-z0-9_./-]+)" text;
      of =
        host: written: port:
        if !isPort port then
          null
        else
          {
            inherit host port;
            text = "${written}:${port}";
            path = null;
            isV6 = v6 != null;
          };
    in
    if port != null then
      of "127.0.0.1" "127.0.0.1" (builtins.head port)
    else if v4 != null && isV4 (builtins.head v4) then
      of (builtins.head v4) (builtins.head v4) (builtins.elemAt v4 1)
    else if v6 != null then
      of (builtins.head v6) "[${builtins.head v6}]" (builtins.elemAt v6 1)
    else if path != null && isPlain text then
      {
        inherit text;
        path = text;
      }
    else
      null;

  isLoopback = address: address.path == null && (lib.hasPrefix "127." address.host || address.host == "::1");

  # Where it leads; null where that has to be said.
  connectOf =
    publish:
    let
      listen = parse publish.listen;
    in
    if publish.connect != null then
      parse publish.connect
    else if listen != null && listen.path == null then
      parse "127.0.0.1:${listen.port}"
    else
      null;

  # Whether there is a proxy to make units of.
  isWhole =
    publish: publish.from != "tunnel" && parse publish.listen != null && connectOf publish != null;

  # Whether both cannot be listened on at once: 0.0.0.0 is every IPv4 address, [::] every address.
  overlap =
    a: b:
    if a.path != null || b.path != null then
      a.path == b.path
    else
      a.port == b.port && (a.host == b.host || covers a b || covers b a);

  covers = any: one: any.host == "::" || (any.host == "0.0.0.0" && !one.isV6);

  # The part of a unit's name, as systemd-escape(1) has it with --path.
  unitPart =
    address:
    if address.path == null then
      "${address.host}:${address.port}"
    else
      builtins.replaceStrings [ "-" "/" ] [ "\\x2d" "-" ] (lib.removePrefix "/" address.path);
}
