using System.Text;

namespace Wgns.Firewall;

/// <summary>Reads nft's stateless listing of a ruleset, in the shape that `nft -s list ruleset` gives it.</summary>
/// <remarks>
/// nft's own terse listing leaves out the elements of every set: rules put back from it would match nothing, and an
/// address taken off a list would be nobody's drift.
/// </remarks>
public static class RulesListing
{
    private const string Block = "\t";
    private const string Member = "\t\t";

    /// <summary>The part that nothing but a hand changes: without elements that packets add or that time takes away.</summary>
    public static string Lasting(string listing) => Without(listing, ["dynamic", "timeout"]);

    /// <summary>
    /// What to load to have these rules again: all but the elements that packets add, which they add again, and of which
    /// not every kind can be loaded.
    /// </summary>
    public static string Loadable(string listing) => Without(listing, ["dynamic"]);

    /// <summary>Whether a table, "inet wgns", is among them and in force; a line that begins so can be nothing else in a listing.</summary>
    public static bool Stands(string listing, string table)
    {
        ArgumentNullException.ThrowIfNull(listing);
        var lines = listing.Split('\n');
        var head = Array.IndexOf(lines, $"table {table} {{");
        return head >= 0 && !lines.Skip(head + 1).TakeWhile(l => l != "}")
            .Any(l => l.StartsWith("\tflags ", StringComparison.Ordinal) && HasAny(l.AsSpan()[7..].TrimEnd(';'), ["dormant"]));
    }

    private static string Without(string listing, string[] flags)
    {
        ArgumentNullException.ThrowIfNull(listing);
        var text = new StringBuilder(listing.Length);
        var isSet = false;
        var isLeftOut = false;
        var skips = false;
        foreach (var part in listing.AsSpan().Split('\n'))
        {
            var line = listing.AsSpan()[part];
            if (line.StartsWith(Block) && !line.StartsWith(Member))
            {
                // The head of a block, or its end. Elements are the last of a set, over as many lines as they take.
                isSet = line.StartsWith("\tset ") || line.StartsWith("\tmap ");
                isLeftOut = skips = false;
            }
            else if (isSet && line.StartsWith("\t\tflags "))
            {
                isLeftOut = HasAny(line[8..], flags);
            }
            else if (isSet && line.StartsWith("\t\telements = "))
            {
                skips = isLeftOut;
            }

            if (!skips)
            {
                text.Append(line).Append('\n');
            }
        }

        // What ends with a line feed has one more, empty, line after it.
        return text.ToString(0, text.Length - 1);
    }

    private static bool HasAny(ReadOnlySpan<char> listed, string[] flags)
    {
        foreach (var part in listed.Split(','))
        {
            foreach (var flag in flags)
            {
                if (listed[part].Trim().SequenceEqual(flag))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
