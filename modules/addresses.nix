# Where a stream socket listens, in the words of [[publish]] (wgns.toml(5)): an address and a port, or a path.
{ lib }:
let
  syntax = import ./syntax.nix { inherit lib; };

  at = host: port: isV6: {
    inherit host port isV6;
    bytes = syntax.address host;
    text = "${if isV6 then "[${host}]" else host}:${port}";
    path = null;
  };

  # From the space to the tilde, and how a unit's name has each.
  ascii = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
  printable = builtins.genList (i: builtins.substring i 1 ascii) (builtins.stringLength ascii);
  escaped = lib.imap0 (
    i: character:
    let
      digit = n: builtins.substring n 1 "0123456789abcdef";
    in
    if character == "/" then
      "-"
    else if syntax.matches "[A-Za-z0-9:_.]" character then
      character
    else
      "\\x${digit ((32 + i) / 16)}${digit (builtins.bitAnd (32 + i) 15)}"
  ) printable;
in
rec {
  # null where it is none of them; a port alone is one of 127.0.0.1.
  parse =
    value:
    let
      text = toString value;
      written = builtins.match "(.*):([0-9]+)" (if syntax.matches "[0-9]+" text then "127.0.0.1:${text}" else text);
      before = builtins.head written;
      inBrackets = builtins.match "\\[(.*)]" before;
      isV6 = inBrackets != null;
      host = if isV6 then builtins.head inBrackets else before;
      port = builtins.elemAt written 1;
    in
    if lib.hasPrefix "/" text then
      (
        if syntax.isSocketPath text then
          {
            inherit text;
            path = text;
          }
        else
          null
      )
    else if
      written == null || !syntax.isPort port || !syntax.isAddress host || lib.hasInfix ":" host != isV6
    then
      null
    else
      at host (toString (syntax.number 65535 port)) isV6;

  isLoopback = address: address.path == null && syntax.isLoopback address.bytes;
  # Whether programs of this machine alone come to it.
  isOfThisMachine = address: address.path != null || isLoopback address;

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
    publish: publish.from != "tunnel" && publish.via != "link" && parse publish.listen != null && connectOf publish != null;

  # Whether both cannot be listened on at once: 0.0.0.0 is every IPv4 address, [::] every address.
  overlap =
    a: b:
    if a.path != null || b.path != null then
      a.path == b.path
    else
      a.port == b.port && (a.bytes == b.bytes || covers a b || covers b a);

  covers = any: one: any.bytes == syntax.address "::" || (any.bytes == [ 0 0 0 0 ] && !one.isV6);

  # The part of a unit's name, as systemd-escape(1) has it with --path; a hash where that would be long, or has other
  # characters than ASCII's.
  unitPart =
    address:
    let
      path = lib.removePrefix "/" address.path;
      name =
        lib.optionalString (lib.hasPrefix "." path) "\\x2e"
        + builtins.replaceStrings printable escaped (lib.removePrefix "." path);
    in
    if address.path == null then
      "${address.host}:${address.port}"
    else if syntax.matches "[ -~]*" path && builtins.stringLength name <= 100 then
      name
    else
      builtins.substring 0 32 (builtins.hashString "sha256" address.path);

  # One word of a command line (systemd.service(5)).
  word =
    builtins.replaceStrings
      [ "%" "$" " " "\"" "'" ";" ]
      [ "%%" "$$" "\\x20" "\\x22" "\\x27" "\\x3b" ];
}
