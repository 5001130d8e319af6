using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Wgns.Diagnostics;
using Wgns.Linux;
using Wgns.Toml;

namespace Wgns.Configuration;

/// <summary>Reads one interface, from the top level or from an [[interfaces]] table.</summary>
internal static class InterfaceReader
{
    private static readonly Dictionary<string, EngineChoice> Engines = new()
    {
        ["auto"] = EngineChoice.Auto,
        ["kernel"] = EngineChoice.Kernel,
        ["embedded"] = EngineChoice.Embedded,
        ["wireguard-go"] = EngineChoice.WireGuardGo,
    };

    /// <param name="fallbackName">The interface's name where it has none of its own; null where it must have one.</param>
    internal static InterfaceConfig Read(
        TomlTable source, TableReader table, string? fallbackName, string path, List<Diagnostic> diagnostics)
    {
        var addresses = ReadAddresses(table);
        return new InterfaceConfig
        {
            Ifname = ReadIfname(table, fallbackName),
            Addresses = addresses,
            PrivateKey = ReadPrivateKey(table, path),
            ListenPort = (ushort?)table.Integer("listenPort", 1, 65535, string.Empty),
            Mtu = ReadMtu(table, addresses),
            FwMark = ReadFwMark(source, table),
            AllowedIpsAsRoutes = table.Boolean("allowedIPsAsRoutes", fallback: true),
            Engine = table.Choice("engine", Engines) ?? EngineChoice.Auto,
            Peers = PeerReader.ReadAll(table, path, diagnostics),
        };
    }

    private static string ReadIfname(TableReader table, string? fallback)
    {
        var node = table.String("interfaceName");
        var name = node?.Value ?? fallback;
        if (name is null)
        {
            table.Error(table.Span, "an interface has no interfaceName", "each of the [[interfaces]] needs one");
            return string.Empty;
        }

        // A name that is no namespace's has been complained of already.
        if (Names.IfnameProblem(name) is { } problem && (node is not null || Names.NamespaceProblem(name) is null))
        {
            var (what, hint) = node is null
                ? ("the namespace's name is also the interface's, and", "set interfaceName")
                : ("interfaceName", (string?)null);
            table.Error(node?.Span ?? table.SpanOf("namespace_name"), $"{what} \"{name}\" {problem}", hint);
        }

        return name;
    }

    private static ImmutableArray<Cidr> ReadAddresses(TableReader table)
    {
        var addresses = ImmutableArray.CreateBuilder<Cidr>();
        foreach (var node in table.Strings("ips"))
        {
            if (!Cidr.TryParse(node.Value, out var cidr))
            {
                table.Error(node.Span, $"ips holds \"{node.Value}\", which is no address with prefix", "like \"10.0.0.2/32\" or \"fd00::2/128\"");
            }
            else if (Problem(cidr.Value.Address) is { } problem)
            {
                table.Error(node.Span, $"ips holds \"{node.Value}\", which {problem}", "like \"10.0.0.2/32\" or \"fd00::2/128\"");
            }
            else if (addresses.Contains(cidr.Value))
            {
                table.Warning(node.Span, $"ips holds {cidr} twice");
            }
            else if (cidr.Value.IsIPv6 && addresses.FirstOrDefault(a => a.Address.Equals(cidr.Value.Address)) is { Address: not null } other)
            {
                // The kernel keeps the first (ipv6_add_addr of net/ipv6/addrconf.c), so that the second would be missing for ever.
                table.Error(node.Span, $"ips holds \"{node.Value}\" beside {other}: an interface has an IPv6 address once", "leave out the one whose prefix is not the provider's");
            }
            else
            {
                addresses.Add(cidr.Value);
            }
        }

        if (!table.Has("ips") || table.IsEmptyList("ips"))
        {
            table.Warning(table.SpanOf("ips"), "the interface has no address (ips): programs inside cannot send anything");
        }

        return addresses.ToImmutable();
    }

    /// <summary>
    /// Why the kernel gives an address to no tunnel; null where it does, or refuses it in words that say it all (multicast of IPv6). It drops
    /// 0.0.0.0 without a word (__inet_insert_ifa of net/ipv4/devinet.c), so that it would be missing for ever.
    /// </summary>
    private static string? Problem(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "is the address that stands for none"
        : address.Equals(IPAddress.IPv6Loopback) ? "is the loopback's"
        : null;

    private static KeySource ReadPrivateKey(TableReader table, string path)
    {
        if (table.String("privateKeyFile") is { } node)
        {
            return KeyPath.Of(node, "privateKeyFile", path, table);
        }

        if (!table.Has("privateKeyFile"))
        {
            table.Error(
                table.Span.Line == 0 ? SourceSpan.WholeOf(path) : table.Span,
                "privateKeyFile is missing",
                "make a key with `(umask 077; wgns genkey > private.key)` and name the file");
        }

        return new KeySource.File(string.Empty);
    }

    private static int? ReadMtu(TableReader table, ImmutableArray<Cidr> addresses)
    {
        var mtu = (int?)table.Integer("mtu", 576, 65535, " bytes");
        if (mtu < InterfaceConfig.LeastMtuOfIPv6 && addresses.Any(a => a.IsIPv6))
        {
            table.Error(table.SpanOf("mtu"), $"mtu is {mtu}; IPv6 needs {InterfaceConfig.LeastMtuOfIPv6} (RFC 8200 section 5)", "raise it, or take the IPv6 address out of ips");
        }

        return mtu;
    }

    /// <summary>An integer, or what wg(8) takes: "off" and "0x…".</summary>
    private static uint ReadFwMark(TomlTable source, TableReader table)
    {
        if (source.Get("fwMark") is not TomlString node)
        {
            return (uint)(table.Integer("fwMark", 0, uint.MaxValue, string.Empty) ?? 0);
        }

        if (node.Value == "off")
        {
            return 0;
        }

        var isHex = node.Value.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var digits = isHex ? node.Value.AsSpan(2) : node.Value;
        var style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (!uint.TryParse(digits, style, CultureInfo.InvariantCulture, out var mark))
        {
            table.Error(node.Span, $"fwMark is \"{node.Value}\"; it must be an integer of 0-{uint.MaxValue} or \"off\"");
        }

        return mark;
    }
}
