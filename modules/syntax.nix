# How values are written, as the program reads them (src/Wgns/Configuration): whatever that takes, this takes.
{ lib }:
let
  inherit (builtins)
    all
    concatMap
    elemAt
    filter
    head
    isString
    length
    match
    split
    stringLength
    ;

  parts = separator: text: filter isString (split separator text);

  # IPv6 groups of one side of the "::", of which the last may be written as IPv4.
  groupsOf =
    text:
    if text == "" then
      [ ]
    else
      concatMap (
        part:
        let
          v4 = v4Bytes part;
        in
        if matches "[0-9A-Fa-f]{1,4}" part then
          [ (builtins.fromTOML "value = 0x${part}").value ]
        else if v4 != null then
          [
            (elemAt v4 0 * 256 + elemAt v4 1)
            (elemAt v4 2 * 256 + elemAt v4 3)
          ]
        else
          [ null ]
      ) (parts ":" text);

  v4Bytes =
    text:
    let
      written = match "${byte}\\.${byte}\\.${byte}\\.${byte}" text;
      bytes = map (number 255) written;
    in
    if written == null || builtins.elem null bytes then null else bytes;
  byte = "(0|[1-9][0-9]{0,2})";

  v6Bytes =
    text:
    let
      sides = map groupsOf (parts "::" text);
      left = head sides;
      right = if length sides > 1 then elemAt sides 1 else [ ];
      given = length left + length right;
      groups = left ++ builtins.genList (_: 0) (8 - given) ++ right;
      isWhole = length sides == 1 && given == 8 || length sides == 2 && given < 8;
    in
    if matches ".*\\..*:.*" text || !isWhole || builtins.elem null groups then
      null
    else
      concatMap (group: [
        (group / 256)
        (builtins.bitAnd group 255)
      ]) groups;

  matches = regex: text: match regex text != null;

  # What digits say, with zeros before them or without; null where they are none or say more than `most`.
  number =
    most: text:
    let
      digits = match "0*([0-9]{1,18})" text;
      value = builtins.fromJSON (head digits);
    in
    if digits == null || value > most then null else value;
in
rec {
  inherit matches number;

  isPort = text: number 65535 text != null && number 65535 text > 0;

  # The bytes of an IPv4 or IPv6 address in the forms of inet_pton(3); null where it is none.
  address = text: if lib.hasInfix ":" text then v6Bytes text else v4Bytes text;

  isAddress = text: address text != null;

  # An address and the length of its prefix, which is whole where it has none; null where it is no such thing.
  network =
    text:
    let
      written = match "([^/]*)(/([0-9]+))?" text;
      bytes = address (head written);
      bits = 8 * length bytes;
      prefix = if elemAt written 2 == null then bits else number bits (elemAt written 2);
    in
    if written == null || bytes == null || prefix == null then null else { inherit text bytes prefix bits; };

  isNetwork = text: network text != null;
  isV6 = { bits, ... }: bits == 128;

  # Without the bits of a host.
  masked =
    { bytes, prefix, bits, ... }:
    {
      inherit prefix bits;
      bytes = lib.imap0 (
        i: byte: builtins.bitAnd byte (256 - elemAt [ 256 128 64 32 16 8 4 2 1 ] (lib.max 0 (lib.min 8 (prefix - 8 * i))))
      ) bytes;
    };

  overlap =
    a: b:
    let
      shorter = network: (masked (network // { prefix = lib.min a.prefix b.prefix; })).bytes;
    in
    a.bits == b.bits && shorter a == shorter b;

  # 127.0.0.0/8, ::1, and the same in the form of IPv6.
  isLoopback =
    bytes:
    if length bytes == 4 then
      head bytes == 127
    else
      builtins.elem bytes [
        (address "::1")
        (address "::ffff:127.0.0.1")
      ];

  # No address of a tunnel's: the kernel refuses those of IPv6, and drops 0.0.0.0 without a word.
  isOfNoTunnel = bytes: builtins.elem bytes (map address [ "0.0.0.0" "::" "::1" ]);

  # RFC 1123 2.1, and underscores.
  isHostName =
    text:
    stringLength text <= 253
    && all (
      label: stringLength label <= 63 && matches "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?" label
    ) (parts "\\." (lib.removeSuffix "." text));

  # host:port and [IPv6]:port; what stands before the last colon, and after it.
  endpointParts = match "(.*):([0-9]+)";
  isEndpointHost =
    host:
    let
      inBrackets = match "\\[(.*:.*)]" host;
    in
    if inBrackets != null then
      isAddress (head inBrackets)
    else if matches "[0-9.]*" host then
      isAddress host
    else
      isHostName host;

  # 44 characters of base64; the last before '=' has but four bits of the key, and no other.
  isKey = matches "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=";
  isZeroKey = matches "A*=";

  isFwMark =
    value:
    builtins.isInt value
    || value == "off"
    || matches "0[xX]0*[0-9A-Fa-f]{1,8}" value
    || number 4294967295 value != null;

  # credential_name_valid of systemd's src/shared/creds-util.c, and no colon, which LoadCredential= takes for its end.
  isCredentialName =
    text:
    stringLength text <= 255
    && matches "[ -.0-9;-~]+" text
    && !builtins.elem text [
      "."
      ".."
    ];

  isNamespaceName = text: stringLength text <= 64 && matches "[A-Za-z0-9_@][A-Za-z0-9_@.-]*" text;

  # dev_valid_name of the kernel's net/core/dev.c; the loopback's, and names in /proc/sys/net that stand for every interface.
  isInterfaceName =
    text:
    stringLength text <= 15
    && matches "[^/:%[:space:][:cntrl:]]+" text
    && !builtins.elem text [
      "."
      ".."
      "lo"
      "all"
      "default"
    ];

  # Whether it means itself in a rule of nft (Names.CanStandInRule).
  canStandInRule = matches "[A-Za-z0-9._@+=-]*";

  # A path that the kernel would write the same, of at most 107 bytes (sun_path of unix(7)), as a unit can name it.
  isSocketPath =
    text:
    lib.hasPrefix "/" text
    && stringLength text <= 107
    && !matches ".*([[:cntrl:]\\\\].*|[[:space:]])" text
    && all (
      part:
      !builtins.elem part [
        ""
        "."
        ".."
      ]
    ) (parts "/" (lib.removePrefix "/" text));

  isBlank = matches "[[:space:]]*";
}
