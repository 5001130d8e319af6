using System.Collections.Immutable;
using System.Text;
using Wgns.Linux.Files;

namespace Wgns.Linux.Processes;

/// <summary>
/// Arguments and variables of this process as it got them, for a command to have. .NET reads them as UTF-8 and has U+FFFD for
/// whatever is none: a file named in another character set would be another file.
/// </summary>
public static class OwnWords
{
    private const char Lost = '\uFFFD';

    /// <param name="last">The last of our arguments, as .NET has them.</param>
    /// <returns>The same with no byte lost, to be passed on and not to be shown.</returns>
    public static ImmutableArray<string> Exact(ImmutableArray<string> last)
    {
        if (!last.Any(IsLossy))
        {
            return last;
        }

        var all = Read("/proc/self/cmdline");
        return all.Count < last.Length ? last : [.. last.Zip(all.TakeLast(last.Length), Exact)];
    }

    /// <param name="variables">NAME=VALUE, as .NET has them.</param>
    internal static List<string> ExactVariables(List<string> variables)
    {
        if (!variables.Exists(IsLossy))
        {
            return variables;
        }

        var all = Read("/proc/self/environ");
        return [.. variables.Select(v => all.Select(bytes => Exact(v, bytes)).FirstOrDefault(exact => exact != v, v))];
    }

    private static bool IsLossy(string text) => text.Contains(Lost, StringComparison.Ordinal);

    // One that is not what .NET made of these bytes was changed since.
    private static string Exact(string text, byte[] bytes) =>
        IsLossy(text) && Encoding.UTF8.GetString(bytes) == text ? ExactText.Decode(bytes) : text;

    private static List<byte[]> Read(string path)
    {
        var rest = ProcFile.TryRead(path) ?? [];
        var words = new List<byte[]>();
        for (var start = 0; start < rest.Length;)
        {
            var end = Array.IndexOf(rest, (byte)0, start);
            end = end < 0 ? rest.Length : end;
            words.Add(rest[start..end]);
            start = end + 1;
        }

        return words;
    }
}
