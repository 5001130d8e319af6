namespace Wgns.Observation;

/// <summary>The settings that decide on forwarding, by Documentation/networking/ip-sysctl.rst. Parts by slashes, below /proc/sys.</summary>
public static class Forwarding
{
    /// <summary>The same as <see cref="AllV4"/>; written, it writes every link's.</summary>
    public const string Global = "net/ipv4/ip_forward";

    /// <summary>net.ipv4.ip_forward is the same.</summary>
    public const string AllV4 = "net/ipv4/conf/all/forwarding";

    /// <summary>Without it no link forwards IPv6 that has no <see cref="V6"/>.</summary>
    public const string AllV6 = "net/ipv6/conf/all/forwarding";

    public static string V4(string ifname) => $"net/ipv4/conf/{ifname}/forwarding";

    /// <summary>Whether a link is a router's: of itself it forwards nothing where <see cref="AllV6"/> is off.</summary>
    public static string RouterV6(string ifname) => $"net/ipv6/conf/{ifname}/forwarding";

    /// <summary>From Linux 6.17 on: forwards whatever <see cref="AllV6"/> says.</summary>
    public static string V6(string ifname) => $"net/ipv6/conf/{ifname}/force_forwarding";

    /// <summary>Every one of some links, "all" and "default" among them: what is to be off where nothing is forwarded.</summary>
    public static IEnumerable<string> Every(IEnumerable<string> ifnames) =>
        ifnames.SelectMany(i => (string[])[V4(i), RouterV6(i), V6(i)]);

    /// <summary>Whether a key is one of <see cref="Every"/>.</summary>
    public static bool IsOne(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.EndsWith("/forwarding", StringComparison.Ordinal) || key.EndsWith("/force_forwarding", StringComparison.Ordinal);
    }

    /// <summary>Those of the machine, of links to come and of each link.</summary>
    public static IEnumerable<string> Keys(IEnumerable<string> ifnames) =>
        [AllV4, AllV6, .. ifnames.Append("default").SelectMany(i => (string[])[V4(i), V6(i)])];
}
