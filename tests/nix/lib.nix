# A small stand-in for nixpkgs' lib: just what modules/ uses of it, so that the modules can be evaluated with nothing but
# nix itself. Where nixpkgs' own lib is at hand the same cases are evaluated with it, and both must say the same.
let
  inherit (builtins)
    attrNames
    attrValues
    concatLists
    concatStringsSep
    elem
    filter
    genList
    isAttrs
    isBool
    isInt
    isList
    isString
    length
    listToAttrs
    map
    mapAttrs
    substring
    stringLength
    ;

  lib = rec {
    isStandIn = true;

    inherit (builtins) concatMap elemAt head;
    # Of the licence its name is enough.
    licenses.mit.spdxId = "MIT";
    getLib = package: package;
    makeLibraryPath = packages: concatMapStringsSep ":" (package: "${package}/lib") packages;
    inherit listToAttrs filter elem;

    min = a: b: if a < b then a else b;
    max = a: b: if a > b then a else b;

    # Lists
    optional = yes: value: if yes then [ value ] else [ ];
    optionals = yes: values: if yes then values else [ ];
    imap0 = f: list: genList (i: f i (builtins.elemAt list i)) (length list);
    toList = value: if isList value then value else [ value ];
    any = builtins.any;
    all = builtins.all;
    unique = builtins.foldl' (seen: value: if elem value seen then seen else seen ++ [ value ]) [ ];

    # Attribute sets
    nameValuePair = name: value: { inherit name value; };
    filterAttrs = keep: set: listToAttrs (concatMap (name: optional (keep name set.${name}) (nameValuePair name set.${name})) (attrNames set));
    mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));
    mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
    genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
    optionalAttrs = yes: set: if yes then set else { };
    inherit mapAttrs;

    # Strings
    concatStrings = concatStringsSep "";
    concatMapStringsSep = separator: f: list: concatStringsSep separator (map f list);
    optionalString = yes: text: if yes then text else "";
    makeBinPath = packages: concatMapStringsSep ":" (package: "${package}/bin") packages;
    getExe = package: "${package}/bin/${package.meta.mainProgram}";
    getExe' = package: name: "${package}/bin/${name}";
    last = list: builtins.elemAt list (builtins.length list - 1);
    hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
    removePrefix = prefix: text: if hasPrefix prefix text then substring (stringLength prefix) (-1) text else text;
    removeSuffix =
      suffix: text:
      let
        rest = stringLength text - stringLength suffix;
      in
      if rest >= 0 && substring rest (-1) text == suffix then substring 0 rest text else text;
    hasInfix =
      infix: text:
      builtins.any (i: substring i (stringLength infix) text == infix) (
        genList (i: i) (if stringLength text < stringLength infix then 0 else stringLength text - stringLength infix + 1)
      );

    # Modules: docs of options are carried and not read.
    literalExpression = text: { _type = "literalExpression"; inherit text; };
    literalMD = text: { _type = "literalMD"; inherit text; };
    mkOption = option: option // { _type = "option"; };
    mkIf = condition: content: { _type = "if"; inherit condition content; };
    mkMerge = contents: { _type = "merge"; inherit contents; };
    mkOverride = priority: content: { _type = "override"; inherit priority content; };
    mkDefault = mkOverride 1000;
    mkForce = mkOverride 50;

    types = import ./types.nix { inherit lib; };
    inherit (import ./modules.nix { inherit lib; }) evalModules;
  };
in
lib
