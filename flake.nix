{
  description = "Network namespaces whose only way out is WireGuard";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      perSystem = make: lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
      packageOf = pkgs: self.packages.${pkgs.stdenv.hostPlatform.system}.wgns;
    in
    {
      packages = perSystem (pkgs: rec {
        wgns = pkgs.callPackage ./nix/package.nix { };
        default = wgns;
      });

      apps = perSystem (pkgs: rec {
        wgns = {
          type = "app";
          program = lib.getExe (packageOf pkgs);
          meta.description = "nix run .#wgns -- up";
        };
        default = wgns;
      });

      overlays.default = final: _: { wgns = final.callPackage ./nix/package.nix { }; };

      # Its path: what is imported in two places is then known for one module.
      nixosModules = rec {
        wireguard-namespace = ./modules;
        default = wireguard-namespace;
      };

      checks = perSystem (
        pkgs:
        {
          package = packageOf pkgs;
          modules = pkgs.writeText "modules" (import ./tests/nix/flake-check.nix { inherit lib; });
        }
        // import ./nix/tests {
          inherit pkgs;
          module = self.nixosModules.default;
        }
      );

      formatter = perSystem (pkgs: pkgs.nixfmt-tree);

      devShells = perSystem (pkgs: {
        default = pkgs.callPackage ./nix/devshell.nix { };
      });
    };
}
