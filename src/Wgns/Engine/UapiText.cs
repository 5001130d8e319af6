using System.Globalization;
using System.Text.Unicode;

namespace Wgns.Engine;

/// <summary>Writes lines of the UAPI (https://www.wireguard.com/xplatform/), as requests and answers have them.</summary>
internal static class UapiText
{
    internal static void Key(this SecretBuffer text, ReadOnlySpan<byte> name, ReadOnlySpan<byte> key)
    {
        text.Append(name);
        HexText.Encode(key, text.Reserve(key.Length * 2));
        text.Commit(key.Length * 2);
        text.Append("\n"u8);
    }

    /// <summary>Never for a key: what is formatted here leaves strings behind.</summary>
    internal static void Line(this SecretBuffer text, FormattableString line)
    {
        const int longest = 128;
        Utf8.FromUtf16(line.ToString(CultureInfo.InvariantCulture), text.Reserve(longest), out _, out var written);
        text.Commit(written);
    }
}
