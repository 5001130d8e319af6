namespace Wgns.Systemd;

/// <summary>The lines of a unit's file (systemd.syntax(7)).</summary>
public static class UnitAssignments
{
    /// <summary>The assignments of its [Service], in their order; one without a value has an empty one.</summary>
    public static IEnumerable<(string Key, string Value)> OfService(string file) => Of(file, "[Service]");

    /// <summary>The same of its [Unit].</summary>
    public static IEnumerable<(string Key, string Value)> OfUnit(string file) => Of(file, "[Unit]");

    private static IEnumerable<(string Key, string Value)> Of(string file, string wanted)
    {
        ArgumentNullException.ThrowIfNull(file);
        var section = string.Empty;
        foreach (var line in Lines(file))
        {
            if (line.StartsWith('['))
            {
                section = line;
            }
            else if (section == wanted && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign)
            {
                yield return (line[..sign].TrimEnd(), line[(sign + 1)..].TrimStart());
            }
        }
    }

    // A "\" at the very end goes on in the next line, over comments. Of two the second stands for itself, and ends the line.
    private static IEnumerable<string> Lines(string file)
    {
        var begun = string.Empty;
        foreach (var line in file.Split('\n').Select(l => l.TrimStart()).Where(l => l is not ['#' or ';', ..]))
        {
            begun += line;
            if (GoesOn(begun))
            {
                begun = begun[..^1] + ' ';
                continue;
            }

            if (begun.Trim() is { Length: > 0 } whole)
            {
                yield return whole;
            }

            begun = string.Empty;
        }

        if (begun.Trim() is { Length: > 0 } rest)
        {
            yield return rest;
        }
    }

    private static bool GoesOn(string line) => (line.Length - line.TrimEnd('\\').Length) % 2 != 0;
}
