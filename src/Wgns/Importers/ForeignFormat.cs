using System.Text.RegularExpressions;

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
public static partial class ForeignFormats
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

        // What tells is near the beginning, and a pattern need not walk megabytes.
        var head = System.Text.Encoding.UTF8.GetString(text[..Math.Min(text.Length, 1 << 16)]);
        return Section().IsMatch(head) ? ForeignFormat.WgQuick
            : Variable().IsMatch(head) ? ForeignFormat.NamespacedWireguardVpn
            : Profile().IsMatch(head) || path.EndsWith(".json", StringComparison.Ordinal) || path.EndsWith(".yaml", StringComparison.Ordinal) || path.EndsWith(".yml", StringComparison.Ordinal)
                ? ForeignFormat.WgNetns
            : null;
    }

    [GeneratedRegex(@"^\s*\[\s*(interface|peer)\s*\]", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Section();

    [GeneratedRegex(@"^[ \t]*(WIREGUARD|NETNS|TUNNEL)_[A-Z_]+[ \t]*=", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\s*(\{|(""interfaces""|interfaces)\s*:)", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Profile();
}
