# Every option of services.wireguard-namespace: its type in words, and its default where it has one.
{ lib }:
let
  inherit (import ./configuration.nix { inherit lib; }) evaluate;

  isOption = v: v._type or "" == "option";

  describe =
    option:
    {
      type = option.type.description;
    }
    // lib.optionalAttrs (option ? default && isPlain option.default) { inherit (option) default; };

  # Not a package.
  isPlain = value: !(builtins.isAttrs value && value ? type);

  table =
    options:
    lib.mapAttrs (_: describe) (
      lib.filterAttrs (name: option: name != "_module" && isOption option && !(option.internal or false)) options
    );

  top = (evaluate { }).options.services.wireguard-namespace.type.getSubOptions [ ];
in
{
  namespace = table top;
  inNamespaces = table (top.namespaces.type.getSubOptions [ ]);
  interface = table (top.interfaces.type.getSubOptions [ ]);
  publish = table (top.publish.type.getSubOptions [ ]);
  hostLink = table (top.hostLink.type.getSubOptions [ ]);
  hooks = table (top.hooks.type.getSubOptions [ ]);
  hook = table ((top.hooks.type.getSubOptions [ ]).preUp.type.getSubOptions [ ]);
  peer = table (top.peers.type.getSubOptions [ ]);
}
