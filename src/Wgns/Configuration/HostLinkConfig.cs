using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Linux.Libcrypto;

namespace Wgns.Configuration;

/// <summary>A veth pair between the host and the namespace, for talking to services inside and for nothing else.</summary>
/// <param name="HostInterface">The host's end.</param>
/// <param name="NamespaceInterface">The end inside.</param>
/// <param name="HostAddresses">With the length of their network; empty where both ends are to be numbered by wgns.</param>
/// <param name="NamespaceAddresses">One in the network of each of the host's; empty with them.</param>
public sealed record HostLinkConfig(
    string HostInterface, string NamespaceInterface, ImmutableArray<Cidr> HostAddresses, ImmutableArray<Cidr> NamespaceAddresses)
{
    /// <summary>What hosts' ends begin with that were given no other name.</summary>
    public const string Prefix = "wgh-";

    public const string DefaultNamespaceInterface = "host0";

    /// <summary>The networks that the link may speak for; where it is numbered by wgns, all that it could get one of.</summary>
    public ImmutableArray<Cidr> Networks => HostAddresses.IsEmpty ? [HostLinkNumbers.Range] : [.. HostAddresses.Select(a => a.Masked()).Distinct()];

    /// <summary>The host's end where none is named: the namespace's name in it, or where that is too long a hash of it.</summary>
    public static string DefaultHostInterface(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var room = Names.MaxIfnameBytes - Prefix.Length;
        return Prefix + (name.Length <= room ? name : Hash(name)[..room]);
    }

    /// <summary>The host's nftables table for it: names of namespaces hold what names of tables do not.</summary>
    public static string TableOf(string name) => "wgns_" + Hash(name)[..16];

    internal static string Hash(string name) => Sha256.Hex(System.Text.Encoding.UTF8.GetBytes(name));
}
