using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Diagnostics;
using Wgns.Toml;

namespace Wgns.Tests.Toml;

public sealed class TomlPropertyTests
{
    /// <summary>What TOML is made of, and what it must not have: far more likely to reach a rule than any bytes.</summary>
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "\n", "\r\n", "\r", " ", "\t", "=", " = ", ".", ",", "#", "[", "]", "[[", "]]", "{", "}", "\"", "'", "\"\"\"",
            "'''", "\\", "\\n", "\\u00e9", "\\U0001F511", "\\q", "a", "b", "a.b", "key = ", "[a]\n", "[[a]]\n", "[a.b]\n",
            "0", "1", "-", "+", "_", "0x1f", "1e5", ".5", "inf", "nan", "true", "false", "1979-05-27", "T07:32:00",
            "07:32:00.5", "Z", "+01:00", "\uFEFF", "é", "🔑", "\0", "\u007F", "\"x\"", "a = 1\n", "a = [1, 2]\n",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9F],
    ];

    private static readonly Gen<byte[]> Patchwork =
        Gen.Elements(Pieces).ListOf().Select(pieces => pieces.SelectMany(piece => piece).ToArray());

    private static readonly Gen<byte[]> AnyBytes = ArbMap.Default.GeneratorFor<byte[]>();

    [Test]
    public void Any_bytes_are_read_without_an_exception_and_every_span_lies_inside_them() =>
        Check.One(Often(3000), Prop.ForAll(AnyBytes.ToArbitrary(), IsReadInBounds));

    [Test]
    public void Any_patchwork_of_toml_is_read_without_an_exception_and_every_span_lies_inside_it() =>
        Check.One(Often(20000), Prop.ForAll(Patchwork.ToArbitrary(), IsReadInBounds));

    [Test]
    public void A_valid_file_with_random_edits_is_read_without_an_exception_and_every_span_lies_inside_it()
    {
        var files = TomlCorpus.Valid().Select(name => TomlCorpus.Read("valid", name)).ToArray();
        var edit =
            from at in Gen.Choose(0, 2000)
            from kind in Gen.Choose(0, 4)
            from piece in Gen.Elements(Pieces)
            select (at, kind, piece);
        var edited =
            from file in Gen.Elements(files)
            from edits in edit.NonEmptyListOf()
            select edits.Take(6).Aggregate(file, (text, e) => Edit(text, e.at, e.kind, e.piece));

        Check.One(Often(5000), Prop.ForAll(edited.ToArbitrary(), IsReadInBounds));
    }

    [Test]
    public void Every_character_of_a_string_is_found_again_in_the_source()
    {
        // No escape but the line-ending backslash, so that each character of the value stands in the source as it is.
        var body = Gen.Elements("a", "é", "🔑", " ", "\n", "\r\n", "\\\n  ", "\\ \r\n\n", "\"", "b c")
            .ListOf().Select(string.Concat);

        Check.One(Often(3000), Prop.ForAll(body.ToArbitrary(), text =>
        {
            var bytes = Encoding.UTF8.GetBytes($"x = 1\nkey = \"\"\"{text}.\"\"\"\n");
            var document = TomlDocument.Parse(bytes, "t.toml");
            if (document.Root.Get("key") is not TomlString value)
            {
                // Three quotes in a row closed it early.
                return document.Diagnostics.Count > 0;
            }

            return value.Value.Select((c, i) => (c, i)).Where(x => x.c is 'a' or 'b' or 'c' or 'é' or '.').All(x =>
            {
                var span = value.SpanOf(x.i, 1);
                return Encoding.UTF8.GetString(bytes.AsSpan(span.Offset, span.Length)) == x.c.ToString()
                    && (span.Line, span.Column) == PlaceOf(bytes, span.Offset);
            });
        }));
    }

    [Test]
    public void Any_text_written_is_read_again()
    {
        var text = Gen.Elements("a", "\"", "'", "\\", "\n", "\r", "\t", "\0", "\u007F", "é", "🔑", " ", "#", "\u0085", "\u2028")
            .ListOf().Select(string.Concat);

        Check.One(Often(5000), Prop.ForAll(Gen.Zip(text, text).ToArbitrary(), pair =>
        {
            var written = new TomlWriter().Comment(pair.Item1).Entry(pair.Item2, pair.Item1).ToString();
            return ((TomlString)TomlCorpus.ParseValid(written).Get(pair.Item2)!).Value == pair.Item1;
        }));
    }

    [Test]
    public void Whatever_was_read_from_a_patchwork_without_error_is_the_same_after_writing()
    {
        var statement = Gen.Elements(
            "a = 1", "b = [1, {c = 'x', d.e = 2}]", "c.d = 07:32:00.25", "c.e = -0.0", "[t]", "[t.u]", "[[v]]", "[[v.w]]",
            "[v.x]", "f = nan", "g = 1e300", "h = \"\"\"\nx\n'''\\\"\"\"\"", "\"k.l\" = 1979-05-27T07:32:00-07:30", "m = {}",
            "[t.u.n]", "o = 1979-05-27", "p = 9223372036854775807", "q = [[], [[]]]", "[\"r\"]", "s.t.u = true", "[s.t.x]");
        var lines = statement.ListOf().Select(list => string.Concat(list.Select(line => line + "\n")));
        var valid = 0;

        Check.One(Often(5000), Prop.ForAll(lines.ToArbitrary(), text =>
        {
            var document = TomlCorpus.Parse(text);
            if (document.Diagnostics.Count > 0)
            {
                return true;
            }

            valid++;
            return TomlValues.Same(document.Root, TomlCorpus.ParseValid(TomlWriter.Write(document.Root)));
        }));
        valid.Should().BeGreaterThan(200);
    }

    private static Config Often(int times) => Config.QuickThrowOnFailure.WithMaxTest(times).WithEndSize(60);

    private static bool IsReadInBounds(byte[] bytes)
    {
        var document = TomlDocument.Parse(bytes, "t.toml");
        var spans = TomlValues.All(document.Root).Select(node => node.Span).Concat(document.Diagnostics.Select(d => d.Span));
        var ordered = document.Diagnostics.Select(d => d.Span.Offset).ToArray();
        return spans.All(span => IsInside(span, bytes)) && ordered.SequenceEqual(ordered.Order());
    }

    private static bool IsInside(SourceSpan span, byte[] bytes) =>
        span.Offset >= 0 && span.Length >= 0 && span.Offset + span.Length <= bytes.Length
        && span.Line == 1 + bytes.AsSpan(0, span.Offset).Count((byte)'\n') && span.Column >= 1;

    /// <summary>Line and column, counted the slow and obvious way.</summary>
    private static (int Line, int Column) PlaceOf(byte[] bytes, int offset)
    {
        var lines = Encoding.UTF8.GetString(bytes.AsSpan(0, offset)).Split('\n');
        return (lines.Length, lines[^1].EnumerateRunes().Count() + 1);
    }

    private static byte[] Edit(byte[] text, int at, int kind, byte[] piece)
    {
        at = text.Length == 0 ? 0 : at % text.Length;
        var before = text.AsSpan(0, at).ToArray();
        var after = text.AsSpan(at).ToArray();
        return kind switch
        {
            0 => [.. before, .. after.Skip(1)],
            1 => [.. before, .. piece, .. after],
            2 => [.. before, .. piece, .. after.Skip(piece.Length)],
            3 => before,
            _ => [.. before, .. after.Take(20), .. after],
        };
    }
}
