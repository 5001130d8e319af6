using System.Net;
using System.Net.Sockets;
using Wgns.Linux;

namespace Wgns.Firewall;

/// <summary>Parts of rules as nft(8) writes them.</summary>
internal static class RuleWords
{
    /// <summary>Whether it is IPv6.</summary>
    internal static readonly bool[] BothFamilies = [false, true];

    /// <summary>Of an address match, and of dnat and snat in a table of family inet.</summary>
    internal static string Ip(bool v6) => v6 ? "ip6" : "ip";

    internal static string Ip(IPAddress address) => Ip(address.AddressFamily == AddressFamily.InterNetworkV6);

    internal static string Nfproto(bool v6) => v6 ? "meta nfproto ipv6" : "meta nfproto ipv4";

    internal static string Set<T>(IEnumerable<T> members) => $"{{ {string.Join(", ", members)} }}";

    /// <param name="ifnames">Those that can stand in a rule (<see cref="Configuration.Names.CanStandInRule"/>).</param>
    internal static string Links(IEnumerable<string> ifnames) => Set(ifnames.Select(i => $"\"{i}\""));

    /// <summary>The addresses of a list without their prefixes, those of IPv4 first; no set for a family without any.</summary>
    internal static IEnumerable<(string Ip, string Set)> Addresses(IReadOnlyCollection<Cidr> list, bool linkLocal) => Families(list, linkLocal, c => c.Address);

    /// <summary>The same of networks.</summary>
    internal static IEnumerable<(string Ip, string Set)> Networks(IReadOnlyCollection<Cidr> list, bool linkLocal) => Families(list, linkLocal, c => c);

    private static IEnumerable<(string Ip, string Set)> Families<T>(IReadOnlyCollection<Cidr> list, bool linkLocal, Func<Cidr, T> member) =>
        from v6 in BothFamilies
        let some = list.Where(c => c.IsIPv6 == v6 && (linkLocal || !c.Address.IsIPv6LinkLocal)).Select(member).Distinct().ToList()
        where some.Count > 0
        select (Ip(v6), Set(some));
}
