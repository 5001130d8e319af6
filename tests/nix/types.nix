# The types of options that modules/ and nixos.nix use. `merge` takes the option's place and its definitions' values.
{ lib }:
let
  inherit (builtins)
    all
    attrNames
    concatMap
    concatStringsSep
    elem
    head
    isAttrs
    isBool
    isInt
    isList
    isString
    length
    listToAttrs
    map
    ;

  show = path: concatStringsSep "." path;

  type = { description, check, merge ? equal, ... }@args: { inherit merge; } // args;

  equal =
    path: values:
    if all (v: v == head values) values then head values else throw "The option `${show path}' has conflicting definitions.";

  checked =
    type: path: values:
    if all type.check values then
      type.merge path values
    else
      throw "A definition for option `${show path}' is not of type `${type.description}'.";

  between =
    least: most:
    type {
      description = "integer between ${toString least} and ${toString most} (both inclusive)";
      check = v: isInt v && v >= least && v <= most;
    };
in
rec {
  inherit checked;

  str = type { description = "string"; check = isString; };
  bool = type { description = "boolean"; check = isBool; };
  int = type { description = "signed integer"; check = isInt; };
  ints = {
    inherit between;
    u32 = between 0 4294967295 // { description = "32 bit unsigned integer; between 0 and 4294967295 (both inclusive)"; };
  };
  raw = type { description = "raw value"; check = _: true; };
  package = type { description = "package"; check = v: isAttrs v && v.type or "" == "derivation"; };

  enum =
    values:
    type {
      description = "one of ${concatStringsSep ", " (map builtins.toJSON values)}";
      check = v: elem v values;
    };

  nullOr =
    of:
    type {
      # What is made of another type stands in brackets.
      description = "null or ${if lib.hasInfix " of " of.description && !lib.hasPrefix "one of " of.description then "(${of.description})" else of.description}";
      check = v: v == null || of.check v;
      merge = path: values: if all (v: v == null) values then null else checked of path values;
      inherit (of) getSubOptions;
    };

  either =
    a: b:
    type {
      description = "${a.description} or ${b.description}";
      check = v: a.check v || b.check v;
      merge = path: values: if all a.check values then checked a path values else checked b path values;
    };

  listOf =
    of:
    type {
      description = "list of ${wrapped of}";
      check = isList;
      merge = path: values: map (v: checked of (path ++ [ "*" ]) [ v ]) (concatMap (v: v) values);
      getSubOptions = of.getSubOptions;
    };

  attrsOf =
    of:
    type {
      description = "attribute set of ${wrapped of}";
      check = isAttrs;
      merge =
        path: values:
        let
          names = attrNames (builtins.foldl' (all: v: all // v) { } values);
          one = name: {
            inherit name;
            values = lib.evalModules.discharge (concatMap (v: if v ? ${name} then [ v.${name} ] else [ ]) values);
          };
        in
        listToAttrs (
          map (d: {
            inherit (d) name;
            value = checked of (path ++ [ d.name ]) d.values;
          }) (builtins.filter (d: d.values != [ ]) (map one names))
        );
      getSubOptions = of.getSubOptions;
      # Declared twice, as modules/confinement.nix declares systemd.services once more: the two become one.
      typeMerge = other: attrsOf (of.typeMerge other.of);
      inherit of;
    };

  submodule = module: submoduleOf [ module ];

  submoduleOf =
    modules:
    type {
      description = "submodule";
      check = v: isAttrs v || builtins.isFunction v;
      merge =
        path: values:
        let
          evaluated = lib.evalModules {
            modules = modules ++ map (v: if builtins.isFunction v then v else { config = v; }) values;
            specialArgs.name = builtins.elemAt path (length path - 1);
            prefix = path;
          };
        in
        builtins.seq evaluated.check evaluated.config;
      getSubOptions =
        path:
        (lib.evalModules {
          inherit modules;
          specialArgs.name = "‹name›";
          prefix = path;
        }).options;
      typeMerge = other: submoduleOf (modules ++ other.modules);
      inherit modules;
    };

  wrapped = of: if of.description == "submodule" || lib.hasInfix " " of.description then "(${of.description})" else of.description;
}
