using System.Text.RegularExpressions;

namespace Wgns.Configuration;

/// <summary>
/// What in a text could be a WireGuard key that somebody put in another's place: on a line of its own it is a key of TOML, in a list of
/// networks what is wrong there. No message, comment or log may have it.
/// </summary>
internal static partial class KeyLike
{
    /// <summary>The text without whatever could be a key, but for the peers' own public ones.</summary>
    internal static string Redacted(string text, IReadOnlySet<string> publicKeys) =>
        Pattern().Replace(text, match => IsSecret(match, publicKeys) ? "(a key, left out)" : match.Value);

    internal static bool IsIn(string text, IReadOnlySet<string> publicKeys) => Pattern().Matches(text).Any(m => IsSecret(m, publicKeys));

    // Without its last character, which a double click leaves out, it is a key all the same. So long a path of letters alone is none.
    private static bool IsSecret(Match match, IReadOnlySet<string> publicKeys) =>
        !publicKeys.Contains(match.Value)
        && (match.Value[^1] == '=' || match.Length == HexLength || (!publicKeys.Contains(match.Value + "=") && IsMixed(match.Value)));

    private static bool IsMixed(string text) => text.Any(char.IsAsciiDigit) && text.Any(char.IsAsciiLetterUpper) && text.Any(char.IsAsciiLetterLower);

    // The userspace API's notation (wireguard.com/xplatform).
    private const int HexLength = 64;

    [GeneratedRegex("(?<![A-Za-z0-9+/])[0-9A-Fa-f]{64}(?![A-Za-z0-9+/])|[A-Za-z0-9+/]{43}=|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048](?![A-Za-z0-9+/=])", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
