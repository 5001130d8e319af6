# What the flake gives, as far as it can be said without nixpkgs: which attributes there are, and what the package asks of
# buildDotnetModule.
{ lib }:
let
  # Whatever a function names, as a path that tells what it was: enough for packages that are only interpolated.
  stub = name: {
    type = "derivation";
    inherit name;
    outPath = "/nix/store/22222222222222222222222222222222-${name}";
    meta.mainProgram = name;
    dev = stub "${name}-dev";
  };
  callPackage =
    file:
    let
      function = if builtins.isPath file then import file else file;
    in
    more: function (builtins.mapAttrs (name: _: given.${name} or (stub name)) (builtins.functionArgs function) // more);
  given = {
    inherit lib callPackage;
    buildDotnetModule = arguments: stub "wgns" // { inherit arguments; inherit (arguments) meta; };
    mkShell = arguments: stub "shell" // { inherit arguments; };
    dotnetCorePackages.sdk_10_0 = stub "dotnet-sdk";
    stdenv = {
      cc = stub "gcc";
      hostPlatform = platform;
      buildPlatform = platform // { canExecute = _: true; };
    };
    writeText = name: text: stub name // { inherit text; };
    nixfmt-tree = stub "nixfmt-tree";
    testers.runNixOSTest = test: stub test.name // { inherit test; };
  };
  platform.system = "x86_64-linux";
  pkgs = given // { inherit callPackage; };

  outputs = (import ../../flake.nix).outputs {
    self = outputs;
    nixpkgs = {
      inherit lib;
      legacyPackages.x86_64-linux = pkgs;
      legacyPackages.aarch64-linux = pkgs;
    };
  };
  names = builtins.mapAttrs (_: builtins.attrNames);
  package = outputs.packages.x86_64-linux.default.arguments;
in
{
  packages = names outputs.packages;
  apps = names outputs.apps;
  devShells = names outputs.devShells;
  checks = names outputs.checks;
  formatter = builtins.attrNames outputs.formatter;
  overlay = builtins.attrNames (outputs.overlays.default pkgs { });
  modules = builtins.attrNames outputs.nixosModules;
  modulesArePaths = builtins.all builtins.isPath (builtins.attrValues outputs.nixosModules);
  program = outputs.apps.x86_64-linux.default.program;
  moduleCheck = outputs.checks.x86_64-linux.modules.text;
  tests = map (name: outputs.checks.x86_64-linux.${name}.test.name) (
    builtins.filter (name: outputs.checks.x86_64-linux.${name} ? test) (builtins.attrNames outputs.checks.x86_64-linux)
  );
  shell = map toString outputs.devShells.x86_64-linux.default.arguments.packages;
  package = {
    inherit (package)
      pname
      version
      postPatch
      postInstall
      executables
      doCheck
      ;
    inherit (package.meta) mainProgram platforms;
    arguments = builtins.attrNames package;
    projects = [ package.projectFile package.testProjectFile ];
    withoutFlakes = (import ../../default.nix { inherit pkgs; }).arguments.pname;
  };
}
