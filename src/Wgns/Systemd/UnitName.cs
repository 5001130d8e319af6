using System.Text;

namespace Wgns.Systemd;

/// <summary>Names of units (systemd.unit(5)): a prefix, perhaps "@" and an instance, and a suffix that is its type.</summary>
public static class UnitName
{
    /// <summary>UNIT_NAME_MAX of systemd's basic/unit-name.h, with the closing NUL.</summary>
    private const int Longest = 255;

    /// <summary>Types of units that can be told apart from a service whose name holds a dot.</summary>
    private static readonly string[] Types =
        ["service", "socket", "target", "timer", "path", "mount", "automount", "swap", "device", "slice", "scope"];

    internal const string NetnsPrefix = "wgns-netns@";
    internal const string PublishPrefix = "wgns-publish-";
    internal const string HookPrefix = "wgns-hook-";

    private const string TunnelPrefix = "wgns@";
    private const string EtcPrefix = "wgns-etc@";

    /// <summary>What the names of wgns's own units begin with; modules/confinement.nix has the same.</summary>
    internal static readonly string[] OwnPrefixes = [TunnelPrefix, NetnsPrefix, EtcPrefix, "wgns-close@", "wgns-closed@", PublishPrefix, HookPrefix];

    /// <summary>The unit that owns the netns.</summary>
    public static string NetnsOf(string name) => $"{NetnsPrefix}{name}.service";

    /// <summary>The unit that owns the tunnel.</summary>
    public static string TunnelOf(string name) => $"{TunnelPrefix}{name}.service";

    /// <summary>The unit that makes what services get for /etc.</summary>
    public static string EtcOf(string name) => $"{EtcPrefix}{name}.service";

    /// <summary>The whole name of a service or socket that is to be confined; null with the reason and the cure.</summary>
    public static string? TryConfined(string text, out string problem, out string? hint)
    {
        ArgumentNullException.ThrowIfNull(text);
        (problem, hint) = (string.Empty, null);
        var dot = text.LastIndexOf('.');
        var type = dot < 0 ? null : Types.FirstOrDefault(t => t == text[(dot + 1)..]);
        if (type is not (null or "service" or "socket"))
        {
            (problem, hint) = ($"\"{text}\" is a {type}; services and sockets have a network", "name the service that it starts");
            return null;
        }

        var name = type is null ? text + ".service" : text;
        var stem = name[..name.LastIndexOf('.')];
        if (stem.Length == 0 || stem[0] is '@' or '-' || name.Length > Longest || !stem.All(IsCharacter))
        {
            (problem, hint) = (
                $"\"{text}\" is no unit's name",
                stem.Length > 0 && name.Length <= Longest ? $"`systemd-escape --mangle '{text}'` makes one of it" : null);
            return null;
        }

        if (stem.EndsWith('@'))
        {
            (problem, hint) = ($"{name} is a template: each of its instances is confined by itself", $"name one, such as {stem}one{name[name.LastIndexOf('.')..]}");
            return null;
        }

        return name;
    }

    /// <summary>
    /// Whether a unit is one of wgns's, which stands outside or says itself where it is: inside, the tunnel's own socket would have the
    /// tunnel for its only way out.
    /// </summary>
    public static bool IsOwn(string unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        return unit is "wgns-nscd.service" or "wgns-nscd.socket" || OwnPrefixes.Any(prefix => unit.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>A path as part of a unit's name, as `systemd-escape --path` has it.</summary>
    public static string OfPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(path.Trim('/')))
        {
            var c = (char)b;
            text.Append(
                c == '/' ? "-"
                : (char.IsAsciiLetterOrDigit(c) || c is ':' or '_' or '.') && !(c == '.' && text.Length == 0) ? c.ToString()
                : $@"\x{b:x2}");
        }

        return text.ToString();
    }

    // VALID_CHARS_WITH_AT of systemd's basic/unit-name.c.
    private static bool IsCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '_' or '.' or '\\' or '@';
}
