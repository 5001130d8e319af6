# Stand-ins for the packages that NixOS' own modules name, for an evaluation of these without nixpkgs' packages: what stands behind
# "pkgs." in one of the modules is there, as a path. Nothing is built.
{ lib, nixpkgs }:
let
  # What a pattern's last group is, wherever it matches in the modules below a folder.
  named =
    pattern: folder:
    lib.concatMap (
      file: map lib.last (builtins.filter builtins.isList (builtins.split pattern (builtins.readFile file)))
    ) (builtins.filter (lib.hasSuffix ".nix") (map toString (lib.filesystem.listFilesRecursive folder)));

  names =
    lib.concatMap (named "pkgs(\\.| \")([a-zA-Z_][a-zA-Z0-9_-]*)") [
      (nixpkgs + "/nixos")
      ../../modules
      ../../nix/tests
    ]
    # Whose names they put together, or take out of a `with pkgs`.
    ++ [
      "bash"
      "fish"
      "xonsh"
      "zsh"
    ];

  package =
    name:
    let
      self = {
        type = "derivation";
        inherit name;
        pname = name;
        # Later than whatever one of them has to be.
        version = "999";
        outPath = "/nix/store/00000000000000000000000000000000-${name}";
        drvPath = "/nix/store/00000000000000000000000000000000-${name}.drv";
        outputName = "out";
        outputs = [ "out" ];
        meta.mainProgram = name;
        passthru = { };
        # Some are functions.
        __functor = _: _: self;
        override = _: self;
        overrideAttrs = _: self;
      }
      // lib.genAttrs [ "out" "bin" "dev" "man" "ga" ] (_: self);
    in
    self;

  # Those that make a package under a name: first the name and then something, or all in one set.
  ofName = lib.genAttrs [
    "linkFarm"
    "replaceVars"
    "writeScript"
    "writeScriptBin"
    "writeShellScript"
    "writeShellScriptBin"
    "writeText"
  ] (_: name: _: package name);
  ofSet = lib.genAttrs [
    "buildEnv"
    "replaceVarsWith"
    "substituteAll"
    "symlinkJoin"
    "writeShellApplication"
    "writeTextFile"
  ] (
    _: attributes:
    package (attributes.name or attributes.pname or "made")
    // builtins.intersectAttrs {
      destination = null;
      text = null;
    } attributes
  );
  running = lib.genAttrs [
    "runCommand"
    "runCommandCC"
    "runCommandLocal"
  ] (_: name: _: _: package name);

  platform = lib.systems.elaborate "x86_64-linux";

  # Which kernel it is, and what systemd was built with: everything.
  linuxPackages = {
    kernel = package "linux" // {
      version = "6.12";
      modDirVersion = "6.12";
      config =
        lib.genAttrs [ "isSet" "isYes" "isModule" "isEnabled" ] (_: _: true)
        // lib.genAttrs [ "isDisabled" "isNo" ] (_: _: false);
      features = { };
      kernelAtLeast = _: true;
      kernelOlder = _: false;
    };
    extend = _: linuxPackages;
  };
  systemd =
    package "systemd"
    // lib.genAttrs (lib.unique (named "[a-z]\\.(with[A-Z][a-zA-Z0-9]*)" (nixpkgs + "/nixos/modules/system"))) (_: true)
    // lib.genAttrs [ "kbd" "kmod" "util-linux" ] package
    // {
      interfaceVersion = 2;
    };

  pkgs =
    lib.genAttrs (lib.unique names) package
    // ofName
    // ofSet
    // running
    // {
      _type = "pkgs";
      inherit lib linuxPackages systemd;
      inherit (platform) system;
      config = { };
      overlays = [ ];
      appendOverlays = _: pkgs;
      __splicedPackages = pkgs;
      pkgsStatic = pkgs;
      pkgsi686Linux = pkgs;
      stdenv = platform // {
        hostPlatform = platform;
        buildPlatform = platform;
        targetPlatform = platform;
        cc = package "gcc" // {
          libc = package "glibc";
        };
        mkDerivation = ofSet.writeTextFile;
      };
      callPackage = _: _: package "called";
      formats =
        lib.genAttrs
          [
            "ini"
            "json"
            "keyValue"
            "toml"
            "yaml"
          ]
          (_: _: {
            type = lib.types.attrs;
            generate = ofName.writeText;
            lib = { };
          });
    };
in
pkgs
