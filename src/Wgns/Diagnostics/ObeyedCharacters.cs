namespace Wgns.Diagnostics;

/// <summary>Characters of others' text that would do something where it is shown, and not be shown themselves.</summary>
public static class ObeyedCharacters
{
    /// <summary>
    /// Controls, which a terminal carries out; line and paragraph separators; and what turns the direction of writing (Unicode's
    /// Bidi_Control, UAX #9), by which a text reads otherwise than it is.
    /// </summary>
    public static bool Has(char c) =>
        char.IsControl(c) || c is '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
