using System.Collections.Immutable;
using System.Net;
using Wgns.Diagnostics;

namespace Wgns.Configuration;

/// <summary>One validated description of a namespace. Immutable; holds no key but inline preshared ones.</summary>
public sealed record NamespaceConfig
{
    /// <summary>The file it was read from, for messages and for resolving relative paths.</summary>
    public required string Source { get; init; }

    /// <summary>The name under /run/netns, of the state file and of the unit instance.</summary>
    public required string Name { get; init; }

    /// <summary>Whether wgns makes the namespace, and takes it away; false builds into one that somebody else made, and keeps it.</summary>
    public bool IsManaged { get; init; } = true;

    /// <summary>
    /// The network namespace that the tunnel's UDP socket is in, and endpoints are looked up from: a name under /run/netns, or an
    /// absolute path. Null is the one that wgns runs in.
    /// </summary>
    public string? Birthplace { get; init; }

    /// <summary>Resolvers reached through the tunnel; empty means that nothing inside can resolve a name.</summary>
    public ImmutableArray<IPAddress> DnsServers { get; init; } = [];

    /// <summary>Search domains of resolv.conf(5).</summary>
    public ImmutableArray<string> DnsSearch { get; init; } = [];

    public DnsFilesMode DnsFiles { get; init; } = DnsFilesMode.Write;

    /// <summary>What becomes of name lookups that go past <see cref="DnsServers"/>.</summary>
    public DnsEnforcement DnsEnforcement { get; init; } = DnsEnforcement.Redirect;

    /// <summary>Top-level nft text, loaded after the default ruleset in the same transaction.</summary>
    public RulesText ExtraFirewallRules { get; init; } = RulesText.Empty;

    /// <summary>When `wgns supervise` tells the service manager that the namespace is ready.</summary>
    public ReadyWhen Ready { get; init; } = ReadyWhen.Handshake;

    /// <summary>Seconds that it waits for that, 1-86400.</summary>
    public int ReadyTimeout { get; init; } = 60;

    /// <summary>Whether it fails when they are over, or is ready and says what is missing.</summary>
    public bool ReadyRequired { get; init; }

    /// <summary>What the host reaches inside, each by its own address outside.</summary>
    public ImmutableArray<PublishConfig> Publish { get; init; } = [];

    /// <summary>Commands of the user's that run when an interface is made, and when it goes.</summary>
    public HooksConfig Hooks { get; init; } = HooksConfig.None;

    /// <summary>A link to the host; null where there is none.</summary>
    public HostLinkConfig? HostLink { get; init; }

    /// <summary>Usually one; empty is a namespace with only lo.</summary>
    public ImmutableArray<InterfaceConfig> Interfaces { get; init; } = [];

    /// <summary>Whether the tunnel has any use for IPv6: an address, or a network that a peer takes.</summary>
    public bool CarriesIPv6 =>
        Interfaces.Any(i => i.Addresses.Any(a => a.IsIPv6) || i.Peers.Any(p => p.AllowedIps.Any(a => a.IsIPv6)));
}

/// <summary>What becomes of name lookups inside that are not for one of the dns_server.</summary>
public enum DnsEnforcement
{
    /// <summary>Port 53 goes to the dns_server, whatever server a program asked.</summary>
    Redirect,

    /// <summary>Ports 53 and 853 are rejected to anybody else.</summary>
    Reject,

    /// <summary>Nothing is done about them.</summary>
    Off,
}

/// <summary>What a supervised namespace waits for.</summary>
public enum ReadyWhen
{
    /// <summary>One peer of each interface has shaken hands.</summary>
    Handshake,

    /// <summary>Every peer of every interface has.</summary>
    All,

    /// <summary>Everything is set up; nobody need have answered.</summary>
    Configured,
}

/// <summary>Who owns /etc/netns/NAME.</summary>
public enum DnsFilesMode
{
    /// <summary>wgns writes resolv.conf and nsswitch.conf, and removes them on down.</summary>
    Write,

    /// <summary>What is there is used as it is (NixOS, a user's overlay).</summary>
    Keep,
}

/// <summary>nft text together with where each of its characters stands in the configuration.</summary>
/// <param name="SpanAt">
/// Maps a line of <paramref name="Text"/> and a byte in it, both counted from 1 as nft does, to the configuration.
/// </param>
public sealed record RulesText(string Text, Func<int, int, SourceSpan> SpanAt)
{
    public static readonly RulesText Empty = new(string.Empty, (_, _) => default);

    /// <summary>Compared by text: the map is a function of the same file.</summary>
    public bool Equals(RulesText? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
