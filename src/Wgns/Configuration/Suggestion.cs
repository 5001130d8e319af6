namespace Wgns.Configuration;

/// <summary>"Did you mean": the known word nearest to a mistyped one.</summary>
public static class Suggestion
{
    /// <summary>The nearest of <paramref name="known"/>, or null where none is near enough to be meant.</summary>
    public static string? For(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(known);
        // "privateKey" is not near "privateKeyFile" by its letters, but is its beginning.
        var longer = known.Where(k => word.Length > 2 && Fold(k).StartsWith(Fold(word), StringComparison.Ordinal)).ToList();
        if (longer.Count == 1)
        {
            return longer[0];
        }

        var best = known
            .Select(k => (Word: k, Distance: Distance(Fold(word), Fold(k))))
            .OrderBy(c => c.Distance)
            .FirstOrDefault();
        return best.Word is not null && best.Distance <= Math.Max(1, word.Length / 3) ? best.Word : null;
    }

    // allowed_ips, AllowedIPs and allowedIPs are one mistake and not ten.
    private static string Fold(string word) =>
        word.Replace("_", string.Empty, StringComparison.Ordinal)
            .Replace("-", string.Empty, StringComparison.Ordinal)
            .ToUpperInvariant();

    /// <summary>Levenshtein's distance, with two neighbours in the wrong order for one mistake; three rows at a time.</summary>
    private static int Distance(string a, string b)
    {
        var beforePrevious = new int[b.Length + 1];
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        var current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
                }
            }

            (beforePrevious, previous, current) = (previous, current, beforePrevious);
        }

        return previous[b.Length];
    }
}
