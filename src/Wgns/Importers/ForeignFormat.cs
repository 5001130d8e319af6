using System.Text;

namespace Wgns.Importers;

/// <summary>Descriptions of tunnels that other tools take.</summary>
public enum ForeignFormat
{
    /// <summary>The .conf of wg-quick(8), which providers hand out.</summary>
    WgQuick,

    /// <summary>A profile of wg-netns, JSON or YAML (https://github.com/dadevel/wg-netns).</summary>
    WgNetns,

    /// <summary>The environment file of https://github.com/chrisbouchard/namespaced-wireguard-vpn.</summary>
    NamespacedWireguardVpn,
}

/// <summary>Names of the formats, and which one a text is in.</summary>
public static class ForeignFormats
{
    /// <summary>As the command line has them.</summary>
    public static readonly IReadOnlyDictionary<string, ForeignFormat> ByName = new Dictionary<string, ForeignFormat>
    {
        ["wg-quick"] = ForeignFormat.WgQuick,
        ["wg-netns"] = ForeignFormat.WgNetns,
        ["namespaced-wireguard-vpn"] = ForeignFormat.NamespacedWireguardVpn,
    };

    /// <summary>Endings of files that a command takes for paths, and for one of these formats if they look like it.</summary>
    public static readonly IReadOnlyList<string> Endings = [".conf", ".json", ".yaml", ".yml", ".env"];

    /// <summary>The command line's name of a format.</summary>
    public static string NameOf(ForeignFormat format) => ByName.First(f => f.Value == format).Key;

    /// <summary>By what stands in it; null where it is none of them. A file that ends in .toml never is.</summary>
    public static ForeignFormat? Recognise(ReadOnlySpan<byte> text, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.EndsWith(".toml", StringComparison.Ordinal))
        {
            return null;
        }

        // What tells is near the beginning.
        var head = Decoded(text[..Math.Min(text.Length, 1 << 16)]);
        ForeignFormat? likely = HasEnding(path, ".json", ".yaml", ".yml") || head.AsSpan().TrimStart().StartsWith("{") ? ForeignFormat.WgNetns : null;
        foreach (var line in head.AsSpan().EnumerateLines())
        {
            var words = line.Trim();
            if (IsSection(words))
            {
                return ForeignFormat.WgQuick;
            }

            if (IsVariable(words))
            {
                return ForeignFormat.NamespacedWireguardVpn;
            }

            likely ??= IsKey(words, "interfaces") || IsKey(words, "\"interfaces\"") ? ForeignFormat.WgNetns : null;
        }

        return likely;
    }

    /// <summary>Whether one of its lines is wg-quick's "[Interface]", which no configuration of ours has.</summary>
    public static bool HasInterfaceSection(ReadOnlySpan<byte> text)
    {
        foreach (var line in Decoded(text[..Math.Min(text.Length, 1 << 16)]).AsSpan().EnumerateLines())
        {
            if (line.Trim() is "[Interface]")
            {
                return true;
            }
        }

        return false;
    }

    // One in UTF-16 is recognised too, so that what is said about it is its encoding.
    private static string Decoded(ReadOnlySpan<byte> head) => (head switch
    {
        [0xFF, 0xFE, ..] => Encoding.Unicode,
        [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode,
        _ => Encoding.UTF8,
    }).GetString(head).TrimStart('\uFEFF');

    private static bool HasEnding(string path, params ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
        {
            if (path.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>[Interface] or [Peer] in any case; [[interfaces]] is ours.</summary>
    private static bool IsSection(ReadOnlySpan<char> line)
    {
        var comment = line.IndexOf('#');
        line = (comment < 0 ? line : line[..comment]).TrimEnd();
        return line is ['[', .. var name, ']']
            && (name.Trim().Equals("interface", StringComparison.OrdinalIgnoreCase) || name.Trim().Equals("peer", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsVariable(ReadOnlySpan<char> line) =>
        line.IndexOf('=') is > 0 and var equals
        && IsCapital(line[..equals].TrimEnd())
        && (line.StartsWith("WIREGUARD_") || line.StartsWith("NETNS_") || line.StartsWith("TUNNEL_"));

    private static bool IsCapital(ReadOnlySpan<char> word)
    {
        foreach (var c in word)
        {
            if (!char.IsAsciiLetterUpper(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsKey(ReadOnlySpan<char> line, string key) =>
        line.StartsWith(key, StringComparison.Ordinal) && line[key.Length..].TrimStart().StartsWith(":");
}
