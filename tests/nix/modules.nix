# A small module system: imports, nested options, mkIf, mkMerge and priorities, submodules, and options that two modules
# declare. No option is evaluated before somebody asks for it, so that modules can ask for each other's.
{ lib }:
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    filter
    isAttrs
    isFunction
    isPath
    isString
    length
    map
    mapAttrs
    ;

  isOption = v: v._type or "" == "option";

  # Values without what wraps them: those whose conditions hold.
  unwrap =
    value:
    let
      kind = if isAttrs value then value._type or "" else "";
    in
    if kind == "if" then
      (if value.condition then unwrap value.content else [ ])
    else if kind == "merge" then
      concatMap unwrap value.contents
    else
      [ value ];

  # The same for a set of definitions, with each condition moved inwards: it may ask for what stands beside it.
  pushDown =
    value:
    let
      kind = value._type or "";
    in
    if kind == "if" then
      map (mapAttrs (_: content: lib.mkIf value.condition content)) (pushDown value.content)
    else if kind == "merge" then
      concatMap pushDown value.contents
    else
      [ value ];

  priorityOf = v: if isAttrs v && v._type or "" == "override" then v.priority else 100;

  discharge =
    values:
    let
      all = concatMap unwrap values;
      strongest = builtins.foldl' (best: v: if priorityOf v < best then priorityOf v else best) 10000 all;
    in
    concatMap (v: if priorityOf v != strongest then [ ] else if strongest == 100 && !(isAttrs v && v._type or "" == "override") then [ v ] else unwrap v.content) all;

  evalModules =
    {
      modules,
      specialArgs ? { },
      prefix ? [ ],
    }:
    let
      args = { inherit lib config options; } // specialArgs;

      load =
        module:
        let
          loaded = if isPath module || isString module then import module else module;
          called = if isFunction loaded then loaded args else loaded;
          isWhole = called ? options || called ? config;
        in
        concatMap load (called.imports or [ ])
        ++ [
          {
            options = called.options or { };
            config = if isWhole then called.config or { } else removeAttrs called [ "imports" ];
          }
        ];

      all = concatMap load modules;
      tree = node prefix (map (m: m.options) all) (concatMap (m: pushDown m.config) all);
      inherit (tree) config options;
    in
    {
      inherit config options;
      inherit (tree) check;
    };

  node =
    path: declarations: definitions:
    let
      names = attrNames (builtins.foldl' (all: d: all // d) { } declarations);
      children = builtins.listToAttrs (
        map (name: {
          inherit name;
          value = child (path ++ [ name ]) (having name declarations) (having name definitions);
        }) names
      );
      unknown = filter (name: !(children ? ${name})) (concatMap attrNames definitions);
      show = name: concatStringsSep "." (path ++ [ name ]);
    in
    {
      config = mapAttrs (_: c: c.config) children;
      options = mapAttrs (_: c: c.options) children;
      check =
        if unknown != [ ] then
          throw "The option `${show (builtins.head unknown)}' does not exist."
        else
          builtins.foldl' (done: c: builtins.seq c.check done) true (builtins.attrValues children);
    };

  having = name: sets: concatMap (set: if set ? ${name} then [ set.${name} ] else [ ]) sets;

  child =
    path: declarations: definitions:
    if !(builtins.any isOption declarations) then
      node path declarations (concatMap pushDown definitions)
    else
      let
        option = builtins.foldl' (all: d: all // d // { type = merged all d; }) { } declarations;
        merged = all: d: if all ? type then all.type.typeMerge d.type else d.type;
        values = discharge definitions;
        isDefined = values != [ ];
        value =
          if isDefined then
            lib.types.checked option.type path values
          else if option ? default then
            lib.types.checked option.type path (unwrap option.default)
          else
            throw "The option `${concatStringsSep "." path}' is used but not defined.";
      in
      {
        config = value;
        options = option // { inherit isDefined value; loc = path; };
        check = true;
      };
in
{
  evalModules = {
    inherit discharge;
    __functor = _: evalModules;
  };
}
