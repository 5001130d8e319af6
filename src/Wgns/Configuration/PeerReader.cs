using System.Collections.Immutable;
using Wgns.Diagnostics;
using Wgns.Linux;
using Wgns.Linux.WireGuard;
using Wgns.Toml;

namespace Wgns.Configuration;

/// <summary>Reads the [[peers]] of an interface.</summary>
internal static class PeerReader
{
    private static readonly WireGuardKey NoKey = new(new byte[WireGuardKey.Length]);

    internal static ImmutableArray<PeerConfig> ReadAll(TableReader owner, string path, List<Diagnostic> diagnostics)
    {
        var peers = ImmutableArray.CreateBuilder<PeerConfig>();
        var keys = new Dictionary<WireGuardKey, SourceSpan>();
        var owners = new Dictionary<Cidr, SourceSpan>();
        foreach (var toml in owner.Tables("peers"))
        {
            var table = new TableReader(toml, "a peer", KnownKeys.Peer, diagnostics);
            var allowedIps = ReadAllowedIps(table, owners);
            var publicKey = ReadPublicKey(table, keys);

            // Read in any case: what is wrong with the rest of a peer is said together with what is wrong with its key.
            var peer = new PeerConfig
            {
                PublicKey = publicKey ?? NoKey,
                PresharedKey = ReadPresharedKey(table, path),
                AllowedIps = allowedIps,
                Routes = ReadRoutes(table, allowedIps),
                Endpoint = ReadEndpoint(table),
                DynamicEndpointRefreshSeconds =
                    (int)(table.Integer("dynamicEndpointRefreshSeconds", 0, 86400 * 365, " seconds") ?? 0),
                PersistentKeepalive = (ushort)(table.Integer("persistentKeepalive", 0, 65535, " seconds") ?? 0),
            };
            if (publicKey is not null)
            {
                peers.Add(peer);
            }
        }

        return peers.ToImmutable();
    }

    private static WireGuardKey? ReadPublicKey(TableReader table, Dictionary<WireGuardKey, SourceSpan> seen)
    {
        if (table.String("publicKey") is not { } node)
        {
            if (!table.Has("publicKey"))
            {
                table.Error(table.Span, "a peer has no publicKey");
            }

            return null;
        }

        if (!WireGuardKey.TryParse(node.Value, out var key))
        {
            table.Error(node.Span, "publicKey is no WireGuard key", "it is 44 characters of base64 that end in '='");
            return null;
        }

        if (seen.TryGetValue(key, out var first))
        {
            table.Error(node.Span, $"the peer {key} is there twice, first at line {first.Line}", "one [[peers]] table holds all its allowedIPs");
            return null;
        }

        seen.Add(key, node.Span);
        return key;
    }

    private static KeySource? ReadPresharedKey(TableReader table, string path)
    {
        var inline = table.String("presharedKey");
        var file = table.String("presharedKeyFile");
        if (inline is not null && file is not null)
        {
            table.Error(table.KeySpanOf("presharedKey"), "presharedKey and presharedKeyFile exclude each other", "keep the file");
            return null;
        }

        if (file is not null)
        {
            return KeyPath.Of(file, "presharedKeyFile", path, table);
        }

        if (inline is null)
        {
            return null;
        }

        if (!SecretKey.TryParse(inline.Value, out var key))
        {
            table.Error(inline.Span, "presharedKey is no WireGuard key", "it is 44 characters of base64 that end in '='; make one with `wgns genpsk`");
            return null;
        }

        if (key.IsZero)
        {
            table.Error(inline.Span, "presharedKey is all zeros, which is how WireGuard says that there is none", "leave it out, or make one with `wgns genpsk`");
            return null;
        }

        return new KeySource.Inline(key);
    }

    /// <summary>The networks of a list, each without host bits; what is none is said and left out.</summary>
    private static IEnumerable<(SourceSpan Span, Cidr Network)> Networks(TableReader table, string key)
    {
        foreach (var node in table.Strings(key))
        {
            if (!Cidr.TryParse(node.Value, out var cidr))
            {
                table.Error(node.Span, $"{key} holds \"{node.Value}\", which is no network", "like \"0.0.0.0/0\" or \"fd00::/64\"");
                continue;
            }

            var network = cidr.Value.Masked();
            if (network != cidr.Value)
            {
                table.Warning(node.Span, $"{key} holds {cidr}, which has host bits set; {network} is used");
            }

            yield return (node.Span, network);
        }
    }

    private static ImmutableArray<Cidr> ReadAllowedIps(TableReader table, Dictionary<Cidr, SourceSpan> owners)
    {
        var networks = ImmutableArray.CreateBuilder<Cidr>();
        var mine = new HashSet<Cidr>();
        foreach (var (span, network) in Networks(table, "allowedIPs"))
        {
            if (!mine.Add(network))
            {
                table.Warning(span, $"allowedIPs holds {network} twice");
            }
            else if (!owners.TryAdd(network, span))
            {
                table.Error(
                    span,
                    $"{network} is allowed for two peers, first at line {owners[network].Line}",
                    "WireGuard sends a network's packets to one peer only: the last would win");
            }
            else
            {
                networks.Add(network);
            }
        }

        if (!table.Has("allowedIPs"))
        {
            table.Warning(table.Span, "the peer has no allowedIPs: nothing is sent to it, and nothing taken from it");
        }

        return networks.ToImmutable();
    }

    private static ImmutableArray<Cidr>? ReadRoutes(TableReader table, ImmutableArray<Cidr> allowedIps)
    {
        if (!table.Has("routes"))
        {
            return null;
        }

        var routes = ImmutableArray.CreateBuilder<Cidr>();
        foreach (var (span, network) in Networks(table, "routes"))
        {
            if (routes.Contains(network))
            {
                table.Warning(span, $"routes holds {network} twice");
                continue;
            }

            if (!allowedIps.Any(a => a.PrefixLength <= network.PrefixLength && a.Contains(network.Address)))
            {
                table.Warning(span, $"routes holds {network}, which is not all in the peer's allowedIPs: WireGuard sends it no packet for the rest");
            }

            routes.Add(network);
        }

        return routes.ToImmutable();
    }

    private static Endpoint? ReadEndpoint(TableReader table)
    {
        if (table.String("endpoint") is not { } node)
        {
            return null;
        }

        if (!Endpoint.TryParse(node.Value, out var endpoint, out var problem))
        {
            table.Error(node.Span, $"endpoint \"{node.Value}\" {problem}", "like \"vpn.example.com:51820\" or \"[2001:db8::1]:51820\"");
        }

        return endpoint;
    }
}
