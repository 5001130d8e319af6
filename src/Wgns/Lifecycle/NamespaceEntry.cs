using Wgns.Execution;
using Wgns.Linux.Namespaces;

namespace Wgns.Lifecycle;

/// <summary>Opens a namespace for a command to enter.</summary>
public static class NamespaceEntry
{
    /// <summary>The hint for who gives a configuration's file: `up` would make no namespace of that name.</summary>
    public const string NoPath = "this takes a NAME, and no path: `wgns list` shows those there are";

    /// <summary>
    /// The netns, which the caller owns, or null and why. Only one that wgns made, and that is still the same, is
    /// entered: behind the same name of somebody else's there may be an open network.
    /// </summary>
    public static Netns? Open(string name, RuntimePaths paths, out string problem, out string hint)
    {
        var netns = OpenByNumber(name, paths, out var cookie, out problem, out hint);
        if (netns is null || cookie is null || NetnsCookie.Agree(cookie, NetnsCookie.Of(netns)))
        {
            return netns;
        }

        netns.Dispose();
        (problem, hint) = SomebodyElses(name);
        return null;
    }

    /// <summary>As <see cref="Open"/>, for who goes inside at once and asks for the cookie there: here that takes a thread.</summary>
    /// <param name="cookie">That of the netns that was made, which one of the same number may have replaced; null where it is not known.</param>
    public static Netns? OpenByNumber(string name, RuntimePaths paths, out ulong? cookie, out string problem, out string hint)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(paths);
        cookie = null;
        var lookup = NetnsDirectory.IsValidName(name) ? new NetnsDirectory(paths.Netns).Open(name) : new NetnsLookup.Absent();
        if (lookup is not NetnsLookup.Found found)
        {
            (problem, hint) = ($"there is no namespace {name}", ConfigLocator.IsPath(name) ? NoPath : $"`wgns up {name}` makes it; `wgns list` shows those there are");
            return null;
        }

        var record = new StateDirectory(paths).Load(name);
        cookie = record?.NetnsCookie;
        if (record?.Netns == found.Netns.Identity)
        {
            if (record.Files.FirstOrDefault(f => !File.Exists(f)) is not { } gone)
            {
                (problem, hint) = (string.Empty, string.Empty);
                return found.Netns;
            }

            // Without it the machine's own file would stand there, and its resolvers be asked.
            found.Netns.Dispose();
            (problem, hint) = ($"{gone}, which keeps the command from this machine's resolvers, is gone", $"`wgns up {name}` writes it again");
            return null;
        }

        found.Netns.Dispose();
        (problem, hint) = record is { Netns: null }
            ? ($"namespace {name} is not made to its end", $"`wgns up {name}` goes on with it")
            : SomebodyElses(name);
        return null;
    }

    public static (string Problem, string Hint) SomebodyElses(string name) => (
        $"namespace {name} was not made by wgns, so nothing is known about what gets out of it",
        $"`ip netns exec {name}` enters it all the same; `wgns up --adopt` takes it over");
}
