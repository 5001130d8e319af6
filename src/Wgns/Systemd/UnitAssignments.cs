namespace Wgns.Systemd;

/// <summary>The lines of a unit's file (systemd.syntax(7)).</summary>
public static class UnitAssignments
{
    /// <summary>The assignments of its [Service], in their order; one without a value has an empty one.</summary>
    public static IEnumerable<(string Key, string Value)> OfService(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var section = string.Empty;
        foreach (var line in Lines(file))
        {
            if (line.StartsWith('['))
            {
                section = line;
            }
            else if (section == "[Service]" && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign)
            {
                yield return (line[..sign].TrimEnd(), line[(sign + 1)..].TrimStart());
            }
        }
    }

    // A "\" at the end goes on in the next line, over comments; what is read is trimmed and not a comment.
    private static IEnumerable<string> Lines(string file)
    {
        var begun = string.Empty;
        foreach (var line in file.Split('\n').Select(l => l.Trim()))
        {
            if (line is ['#' or ';', ..])
            {
                continue;
            }

            if (line.EndsWith('\\'))
            {
                begun += line[..^1] + ' ';
                continue;
            }

            if (begun.Length + line.Length > 0)
            {
                yield return (begun + line).Trim();
            }

            begun = string.Empty;
        }

        if (begun.Length > 0)
        {
            yield return begun.Trim();
        }
    }
}
