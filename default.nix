# The package without flakes: nix-build, or `import ./. { }` in a configuration of NixOS.
{
  pkgs ? import <nixpkgs> { },
}:
pkgs.callPackage ./nix/package.nix { }
