using Wgns.Linux.Namespaces;

namespace Wgns.Linux.Nftables;

/// <summary>What a listing leaves out.</summary>
[Flags]
public enum NftListing
{
    /// <summary>Everything but handles.</summary>
    Full = 0,

    /// <summary>No counters, quotas and such, nor elements' expiry: what differs between two looks at the same rules.</summary>
    Stateless = 1,

    /// <summary>No elements of sets and maps.</summary>
    Terse = 2,

    /// <summary>libnftables-json(5) instead of the text.</summary>
    Json = 4,
}

/// <summary>nftables of a netns, by libnftables.</summary>
public static class NftNetns
{
    // libnftables keeps symbol tables and its interface cache in globals.
    private static readonly Lock OneAtATime = new();

    /// <summary>Runs nft commands inside <paramref name="netns"/>, all or nothing.</summary>
    /// <exception cref="MissingLibraryException">There is no libnftables on this machine.</exception>
    public static NftResult Load(OwnedFd netns, string commands) =>
        Locked(() => NetnsThread.Run(netns, () => Run(commands, dryRun: false, 0)));

    /// <summary>Asks inside <paramref name="netns"/> whether the commands would load, against what is loaded there.</summary>
    public static NftResult Check(OwnedFd netns, string commands) =>
        Locked(() => NetnsThread.Run(netns, () => Run(commands, dryRun: true, 0)));

    /// <summary>Asks in an empty netns, made for the question, whether the commands would load.</summary>
    /// <exception cref="KernelException">EPERM: a netns needs CAP_SYS_ADMIN, be it that of a user namespace.</exception>
    public static NftResult Check(string commands) =>
        Locked(() => NetnsThread.RunInNew(() => Run(commands, dryRun: true, 0)));

    /// <summary>Loads the commands into an empty netns, made for the question; its output is what stands there afterwards.</summary>
    /// <exception cref="KernelException">EPERM: a netns needs CAP_SYS_ADMIN, be it that of a user namespace.</exception>
    public static NftResult Try(string commands) => Locked(() => NetnsThread.RunInNew(() => LoadAndList(commands)));

    /// <summary>The same in a netns that is nobody's.</summary>
    public static NftResult Try(OwnedFd netns, string commands) => Locked(() => NetnsThread.Run(netns, () => LoadAndList(commands)));

    /// <summary>The netns' ruleset, or with <paramref name="what"/> the part of it, such as <c>table inet wgns</c>.</summary>
    public static NftResult List(OwnedFd netns, NftListing listing = NftListing.Full, string what = "ruleset") =>
        Locked(() => NetnsThread.Run(netns, () => Run($"list {what}", dryRun: false, FlagsOf(listing))));

    private static NftResult Run(string commands, bool dryRun, uint flags)
    {
        using var nft = new Nft();
        return nft.Run(commands, dryRun, flags);
    }

    private static NftResult LoadAndList(string commands) =>
        Run(commands, dryRun: false, 0) is { Succeeded: false } refused ? refused : Run("list ruleset", dryRun: false, 0);

    private static NftResult Locked(Func<NftResult> run)
    {
        Libnftables.Require();
        lock (OneAtATime)
        {
            return run();
        }
    }

    private static uint FlagsOf(NftListing listing) =>
        (listing.HasFlag(NftListing.Stateless) ? Libnftables.NFT_CTX_OUTPUT_STATELESS : 0)
        | (listing.HasFlag(NftListing.Terse) ? Libnftables.NFT_CTX_OUTPUT_TERSE : 0)
        | (listing.HasFlag(NftListing.Json) ? Libnftables.NFT_CTX_OUTPUT_JSON : 0);
}
