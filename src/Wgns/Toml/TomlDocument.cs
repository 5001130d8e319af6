using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>
/// What one TOML 1.0 text (https://toml.io/en/v1.0.0) says. Bad text is never an exception: whatever could be read is
/// in <see cref="Root"/>, and everything wrong is in <see cref="Diagnostics"/>.
/// </summary>
public sealed class TomlDocument
{
    private TomlDocument(TomlTable root, IReadOnlyList<Diagnostic> diagnostics) =>
        (Root, Diagnostics) = (root, diagnostics);

    /// <summary>
    /// The top-level table. With errors it lacks what could not be placed; a value that could not be read is there
    /// as <see cref="TomlInvalid"/>.
    /// </summary>
    public TomlTable Root { get; }

    /// <summary>Errors in the order of the text, at most about a hundred; none where the text is valid.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <param name="utf8">The text; a byte order mark and CRLF line ends are fine.</param>
    /// <param name="sourceName">What spans call the text, usually its path.</param>
    public static TomlDocument Parse(ReadOnlySpan<byte> utf8, string sourceName)
    {
        ArgumentNullException.ThrowIfNull(sourceName);
        var diagnostics = new List<Diagnostic>();
        var text = TomlEncoding.Check(utf8, sourceName, diagnostics);
        var inBadEncoding = diagnostics.Count == 0 ? null : diagnostics.Select(d => d.Span.Line).ToHashSet();
        var reader = new TomlReader(text, sourceName, diagnostics);
        var root = reader.Read();
        if (diagnostics.Count == 0)
        {
            return new TomlDocument(root, []);
        }

        if (inBadEncoding is not null)
        {
            // What the parser thinks of a line with broken bytes only repeats that they are broken.
            var own = inBadEncoding.Count;
            diagnostics = [.. diagnostics.Where((d, i) => i < own || !inBadEncoding.Contains(d.Span.Line))];
        }

        return new TomlDocument(root, [.. diagnostics.OrderBy(d => d.Span.Offset)]);
    }
}
