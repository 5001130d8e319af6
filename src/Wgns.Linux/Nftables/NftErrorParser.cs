using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Wgns.Linux.Nftables;

/// <summary>Reads libnftables' error buffer.</summary>
/// <remarks>
/// A complaint is <c>FILE:LINE:COLUMN-COLUMN: Error: words</c>, then the source line, then carets and tildes under it;
/// where it is in an included file, <c>In file included from …:</c> comes first. Some have no place, and are <c>Error: words</c>
/// or <c>internal:0:0-0: Error: words</c>.
/// </remarks>
internal static partial class NftErrorParser
{
    /// <param name="textName">How the text itself is called in the buffer.</param>
    internal static ImmutableArray<NftError> Parse(string buffer, string textName)
    {
        var errors = ImmutableArray.CreateBuilder<NftError>();
        var lines = buffer.Split('\n');
        var (includeLine, includeColumn) = (0, 0);
        for (var i = 0; i < lines.Length; i++)
        {
            // From the file that it is in outwards; the last is the text itself.
            if (Inclusion().Match(lines[i]) is { Success: true } inclusion)
            {
                (includeLine, includeColumn) = inclusion.Groups["file"].Value == textName ? (Number(inclusion.Groups["line"]), Number(inclusion.Groups["from"])) : (0, 0);
                continue;
            }

            if (Head().Match(lines[i]) is not { Success: true } head)
            {
                continue;
            }

            // Source and carets go together; words that are neither (a hint's second line) have no carets after them.
            var hasSource = i + 2 < lines.Length && Carets().IsMatch(lines[i + 2]);
            var file = head.Groups["file"].Value;
            errors.Add(new NftError(
                file.Length == 0 || file == textName || file == "internal" ? null : file,
                Number(head.Groups["line"]),
                Number(head.Groups["from"]),
                Number(head.Groups["to"]),
                head.Groups["words"].Value,
                hasSource ? lines[i + 1] : null)
            {
                IncludeLine = includeLine,
                IncludeColumn = includeColumn,
            });
            (includeLine, includeColumn) = (0, 0);
            i += hasSource ? 2 : 0;
        }

        return errors.ToImmutable();
    }

    private static int Number(Group group) =>
        int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(
        @"^(?:(?<file>.+?):(?<line>\d+):(?<from>\d+)-(?<to>\d+): |netlink: )?Error: (?<words>.*)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Head();

    [GeneratedRegex(@"^(?:In file included| +) ?from (?<file>.+):(?<line>\d+):(?<from>\d+)-\d+:$", RegexOptions.CultureInvariant)]
    private static partial Regex Inclusion();

    [GeneratedRegex(@"^\s*[\^~][\^~\s]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Carets();
}
