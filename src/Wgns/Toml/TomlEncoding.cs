using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>The document's encoding: TOML 1.0 is UTF-8 and nothing else.</summary>
internal static class TomlEncoding
{
    private const int MaxReported = 20;

    /// <summary>
    /// The text to parse: the one given where it is valid, else one of the same length with broken bytes replaced by
    /// question marks, so that offsets stay true. One diagnostic for each line with broken bytes.
    /// </summary>
    public static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> utf8, string source, List<Diagnostic> diagnostics)
    {
        if (Utf8.IsValid(utf8))
        {
            return utf8;
        }

        if (utf8 is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            diagnostics.Add(Diagnostic.Error(
                new SourceSpan(source, 1, 1, 0, 2), "the file is in UTF-16", "save it as UTF-8"));
            return default;
        }

        var repaired = utf8.ToArray();
        var (line, column, reported) = (1, 1, 0);
        for (var at = 0; at < utf8.Length;)
        {
            var status = Rune.DecodeFromUtf8(utf8[at..], out var rune, out var length);
            if (status != OperationStatus.Done)
            {
                repaired.AsSpan(at, length).Fill((byte)'?');
                if (line != reported && diagnostics.Count < MaxReported)
                {
                    reported = line;
                    diagnostics.Add(Diagnostic.Error(
                        new SourceSpan(source, line, column, at, length),
                        $"the byte 0x{utf8[at]:x2} is not valid UTF-8 here",
                        "save the file as UTF-8"));
                }
            }

            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + (at == 0 && rune.Value == 0xFEFF ? 0 : 1));
            at += length;
        }

        return repaired;
    }
}
