using System.Collections.Immutable;
using System.Text;

namespace Wgns.Systemd;

/// <summary>One assignment of BindPaths= or BindReadOnlyPaths=, as the unit has it: entries between spaces.</summary>
public sealed record UnitBind(string Key, string Value);

/// <summary>
/// The host's own /run, /etc or resolv.conf in a unit's binds. Of two binds to one place, and of a bind and a
/// TemporaryFileSystem=, systemd makes the unit's (drop_duplicates of its core/namespace.c), and that would not be ours.
/// </summary>
/// <remarks>modules/view.nix says the same to NixOS.</remarks>
public static class UnitBinds
{
    private static readonly ImmutableArray<string> Keys = ["BindPaths", "BindReadOnlyPaths"];

    /// <summary>What can only lead to a resolver outside: nscd's socket, and /run/systemd with that of resolved.</summary>
    private static readonly ImmutableArray<string> Resolvers = ["/run/nscd", "/run/nscd/socket", "/run/systemd", "/run/systemd/resolve"];

    /// <summary>The assignments that are in force after a unit's files, in systemd's order of them.</summary>
    public static ImmutableArray<UnitBind> Parse(IEnumerable<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var binds = new List<UnitBind>();
        foreach (var (key, value) in files.SelectMany(UnitAssignments.OfService).Where(a => Keys.Contains(a.Key)))
        {
            if (value.Length == 0)
            {
                // Either of the two without a value forgets both (systemd.exec(5)).
                binds.Clear();
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
        if (!binds.SelectMany(b => Entries(b.Value)).Any(e => IsHosts(e, files)))
        {
            yield break;
        }

        var comment = "Its own binds anew, without those that would bring the host's /run, /etc or resolvers in.";
        foreach (var key in Keys)
        {
            yield return new Directive(key, string.Empty, comment);
            comment = null;
        }

        foreach (var (key, value) in binds.OrderBy(b => Keys.IndexOf(b.Key)))
        {
            var kept = Entries(value).Where(e => !IsHosts(e, files)).ToList();
            // As it was written where nothing of it is the host's.
            foreach (var entry in kept.Count == Entries(value).Count() ? [value] : kept)
            {
                yield return new Directive(key, entry);
            }
        }
    }

    private static bool IsHosts(string entry, IReadOnlyCollection<string> files)
    {
        var paths = Paths(entry);
        var target = paths.Count > 1 ? paths[1] : paths[0];
        return target is "/run" or "/etc"
            || files.Any(f => target == $"/etc/{f}")
            || Resolvers.Contains(target)
            || Resolvers.Contains(paths[0]);
    }

    // SOURCE[:TARGET[:OPTIONS]], "-" before it where it may be missing.
    private static List<string> Paths(string entry)
    {
        var text = entry.Replace("\"", string.Empty, StringComparison.Ordinal).Replace("'", string.Empty, StringComparison.Ordinal);
        return [.. text.TrimStart('-').Split(':').Select(Plain)];
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
