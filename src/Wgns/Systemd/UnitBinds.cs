using System.Collections.Immutable;
using System.Text;
using Wgns.Nscd;

namespace Wgns.Systemd;

/// <summary>One assignment of a list of paths, as the unit has it: entries between spaces.</summary>
public sealed record UnitBind(string Key, string Value);

/// <summary>
/// The host's own /run, /etc or resolv.conf in a unit's lists of paths. Of two mounts of one place systemd makes the one
/// that its list ranks first (MountMode and drop_duplicates() of its core/namespace.c): a bind of the unit's goes before a
/// bind of ours, and a bind, ReadWritePaths= and the like before TemporaryFileSystem=.
/// </summary>
/// <remarks>modules/view.nix says the same to NixOS.</remarks>
public static class UnitBinds
{
    private static readonly ImmutableArray<string> Binds = ["BindPaths", "BindReadOnlyPaths"];

    /// <summary>InaccessiblePaths= is not among them: what it hides is nobody's way out.</summary>
    private static readonly ImmutableArray<string> Lists = ["ReadWritePaths", "ReadOnlyPaths", "ExecPaths", "NoExecPaths"];

    /// <summary>What can only lead to a resolver outside, and whatever is below.</summary>
    private static readonly ImmutableArray<string> Resolvers = [NscdFilter.HostDirectory, "/run/systemd/resolve"];

    /// <summary>The assignments that are in force after a unit's files, in systemd's order of them.</summary>
    public static ImmutableArray<UnitBind> Parse(IEnumerable<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var binds = new List<UnitBind>();
        foreach (var (written, value) in files.SelectMany(UnitAssignments.OfService))
        {
            // Names of before systemd 231.
            var key = written.Replace("Directories", "Paths", StringComparison.Ordinal);
            if (!Binds.Contains(key) && !Lists.Contains(key))
            {
                continue;
            }

            if (value.Length == 0)
            {
                // Either of the two binds without a value forgets both (systemd.exec(5)).
                binds.RemoveAll(b => b.Key == key || (Binds.Contains(key) && Binds.Contains(b.Key)));
            }
            else
            {
                binds.Add(new UnitBind(key, value));
            }
        }

        return [.. binds];
    }

    /// <summary>
    /// The lists begun anew without what is the host's; nothing where nothing is. Anything else that a service names below
    /// /run or /etc it has asked for.
    /// </summary>
    /// <param name="files">The files of /etc that the namespace has its own of, by name.</param>
    public static IEnumerable<Directive> WithoutHosts(ImmutableArray<UnitBind> binds, IReadOnlyCollection<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var comment = "Its own lists anew, without what would bring the host's /run, /etc or resolvers in.";
        foreach (var keys in Lists.Select(l => ImmutableArray.Create(l)).Prepend(Binds))
        {
            var own = binds.Where(b => keys.Contains(b.Key)).OrderBy(b => keys.IndexOf(b.Key)).ToList();
            if (!own.SelectMany(b => Entries(b.Value)).Any(e => IsHosts(e, keys, files)))
            {
                continue;
            }

            foreach (var key in keys)
            {
                yield return new Directive(key, string.Empty, comment);
                comment = null;
            }

            foreach (var (key, value) in own)
            {
                var kept = Entries(value).Where(e => !IsHosts(e, keys, files)).ToList();
                // As it was written where nothing of it is the host's.
                foreach (var entry in kept.Count == Entries(value).Count() ? [value] : kept)
                {
                    yield return new Directive(key, entry);
                }
            }
        }
    }

    /// <summary>Whether a path leads to a resolver outside.</summary>
    internal static bool IsResolver(string path) =>
        path == "/run/systemd" || Resolvers.Any(r => path == r || UnitProperties.IsBelow(path, r));

    private static bool IsHosts(string entry, ImmutableArray<string> keys, IReadOnlyCollection<string> files)
    {
        var paths = Paths(entry);
        var target = paths.Count > 1 ? paths[1] : paths[0];
        // A bind of ours stands on /etc, and goes before the lists.
        return keys == Binds
            ? target is "/run" or "/etc" || files.Any(f => target == $"/etc/{f}") || IsResolver(target) || IsResolver(paths[0])
            : target == "/run";
    }

    // SOURCE[:TARGET[:OPTIONS]], "-" before it where it may be missing, "+" where it is the root directory's.
    private static List<string> Paths(string entry)
    {
        var text = entry.Replace("\"", string.Empty, StringComparison.Ordinal).Replace("'", string.Empty, StringComparison.Ordinal);
        return [.. text.TrimStart('-', '+').Split(':').Select(Plain)];
    }

    // A "/" too many, /var/run for /run, and the two specifiers that stand for such directories (systemd.unit(5)).
    private static string Plain(string path)
    {
        var parts = path.Replace("%t", "/run", StringComparison.Ordinal).Replace("%E", "/etc", StringComparison.Ordinal)
            .Split('/').Where(p => p is not ("" or "."));
        var whole = $"/{string.Join('/', parts)}";
        return whole == "/var/run" || UnitProperties.IsBelow(whole, "/var/run") ? whole["/var".Length..] : whole;
    }

    // Between spaces that are not in quotes, with their quotes.
    private static IEnumerable<string> Entries(string value)
    {
        var (word, quote) = (new StringBuilder(), '\0');
        foreach (var c in value)
        {
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (word.Length > 0)
                {
                    yield return word.ToString();
                    word.Clear();
                }

                continue;
            }

            quote = quote == c ? '\0' : quote == '\0' && c is '"' or '\'' ? c : quote;
            word.Append(c);
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }
}
