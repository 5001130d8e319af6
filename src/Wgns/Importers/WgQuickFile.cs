using Wgns.Diagnostics;

namespace Wgns.Importers;

/// <summary>One KEY = VALUE of a file of wg-quick(8), in a section.</summary>
/// <param name="ValueStart">Index of the value in the text.</param>
/// <param name="Comments">What stood above it, and behind it.</param>
internal sealed record WgQuickEntry(string Key, SourceSpan KeySpan, string Value, SourceSpan ValueSpan, int ValueStart, List<string> Comments);

/// <param name="Span">Of its header.</param>
internal sealed record WgQuickSection(bool IsPeer, SourceSpan Span, List<string> Comments)
{
    public List<WgQuickEntry> Entries { get; } = [];

    public IEnumerable<WgQuickEntry> All(string key) => Entries.Where(e => string.Equals(e.Key, key, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Lines of a file in the format of wg(8) and wg-quick(8): sections and keys in any case, # to the end of a line.</summary>
internal static class WgQuickFile
{
    private static readonly string[] OfInterface =
        ["PrivateKey", "ListenPort", "FwMark", "Address", "DNS", "MTU", "Table", "PreUp", "PostUp", "PreDown", "PostDown", "SaveConfig"];

    private static readonly string[] OfPeer = ["PublicKey", "PresharedKey", "AllowedIPs", "Endpoint", "PersistentKeepalive"];

    internal static List<WgQuickSection> Read(Draft draft)
    {
        var sections = new List<WgQuickSection>();
        var source = draft.Source;
        var comments = new List<string>();
        for (var line = 0; line < source.LineCount; line++)
        {
            var (start, length) = source.Line(line);
            var text = source.Text.AsSpan(start, length);
            var hash = text.IndexOf('#');
            if (hash >= 0 && text[(hash + 1)..].Trim() is { IsEmpty: false } comment)
            {
                comments.Add(comment.ToString());
            }

            var said = hash < 0 ? text : text[..hash];
            var trimmed = said.Trim();
            if (trimmed.IsEmpty)
            {
                continue;
            }

            var at = start + (said.Length - said.TrimStart().Length);
            if (trimmed[0] == '[')
            {
                Header(draft, trimmed.ToString(), source.Span(at, trimmed.Length), sections, comments);
            }
            else
            {
                Entry(draft, trimmed.ToString(), at, sections, comments);
            }

            comments = [];
        }

        draft.Leave(comments);
        return sections;
    }

    private static void Header(Draft draft, string text, SourceSpan span, List<WgQuickSection> sections, List<string> comments)
    {
        // wg(8) takes white space out of a line before it looks at it.
        switch (string.Concat(text.Where(c => !char.IsWhiteSpace(c))).ToUpperInvariant())
        {
            case "[INTERFACE]":
                sections.Add(new WgQuickSection(false, span, comments));
                break;
            case "[PEER]":
                sections.Add(new WgQuickSection(true, span, comments));
                break;
            default:
                draft.Error(span, $"there is no section {draft.Redacted(text)}", "sections are [Interface] and [Peer]");
                break;
        }
    }

    private static void Entry(Draft draft, string text, int at, List<WgQuickSection> sections, List<string> comments)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            draft.Error(draft.Source.Span(at, text.Length), "this is no KEY = VALUE", "a comment begins with #");
            return;
        }

        var key = text[..equals].Trim();
        var value = text[(equals + 1)..].TrimStart();
        var keySpan = draft.Source.Span(at, key.Length);
        if (sections.Count == 0)
        {
            draft.Error(keySpan, $"{draft.Redacted(key)} stands before any section", "the first line is usually [Interface]");
            return;
        }

        var known = sections[^1].IsPeer ? OfPeer : OfInterface;
        if (!known.Contains(key, StringComparer.OrdinalIgnoreCase))
        {
            var where = sections[^1].IsPeer ? "[Peer]" : "[Interface]";
            var meant = Configuration.Suggestion.For(key, known);
            draft.Error(
                keySpan,
                $"{where} has no key {draft.Redacted(key)}",
                meant is not null && !string.Equals(meant, key, StringComparison.OrdinalIgnoreCase) ? $"did you mean {meant}?" : $"known here: {string.Join(", ", known)}");
            return;
        }

        sections[^1].Entries.Add(new WgQuickEntry(
            known.First(k => string.Equals(k, key, StringComparison.OrdinalIgnoreCase)),
            keySpan,
            value,
            draft.Source.Span(at + text.Length - value.Length, value.Length),
            at + text.Length - value.Length,
            comments));
    }
}
