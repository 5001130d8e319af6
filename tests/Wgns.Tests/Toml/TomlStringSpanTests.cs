using System.Text;
using Wgns.Diagnostics;
using Wgns.Toml;

namespace Wgns.Tests.Toml;

public sealed class TomlStringSpanTests
{
    [Test]
    public void A_line_of_a_literal_string_over_lines_points_to_its_line_of_the_file()
    {
        var (text, value) = Read("x = 1\nrules = '''\ntable inet wgns {\n  bad rule\n}\n'''\n", "rules");

        Line(value, 1).Should().Be(new SourceSpan("t.toml", 4, 1, text.IndexOf("  bad", StringComparison.Ordinal), 10));
        Line(value, 0).Line.Should().Be(3);
    }

    [Test]
    public void A_line_on_the_line_of_the_opening_quotes_begins_behind_them()
    {
        var (_, value) = Read("rules = \"\"\"first\nsecond\"\"\"\n", "rules");

        Place(Line(value, 0)).Should().Be((1, 12, 5));
        Place(Line(value, 1)).Should().Be((2, 1, 6));
    }

    [Test]
    public void A_line_made_by_an_escape_points_behind_the_escape()
    {
        var (_, value) = Read("rules = \"one\\ntwo\\tx\\nthree\"\n", "rules");

        Place(Line(value, 0)).Should().Be((1, 10, 3));
        Place(Line(value, 1)).Should().Be((1, 15, 6));
        Place(Line(value, 2)).Should().Be((1, 23, 5));
    }

    [Test]
    public void A_line_ending_backslash_takes_the_rest_of_the_value_to_the_next_line_of_the_file()
    {
        var (_, value) = Read("rules = \"\"\"\nadd \\\n    rule\nnext\"\"\"\n", "rules");

        value.Value.Should().Be("add rule\nnext");
        Place(value.SpanOf(0, 4)).Should().Be((2, 1, 4));
        Place(value.SpanOf(4, 4)).Should().Be((3, 5, 4));
        Place(Line(value, 1)).Should().Be((4, 1, 4));
    }

    [Test]
    public void Carriage_returns_of_the_file_are_in_no_value_and_move_no_line()
    {
        var (_, value) = Read("rules = '''\r\none\r\ntwo\r\n'''\r\n", "rules");

        value.Value.Should().Be("one\ntwo\n");
        Place(Line(value, 1)).Should().Be((3, 1, 3));
    }

    [Test]
    public void A_byte_of_a_line_points_to_the_character_it_belongs_to()
    {
        var (_, value) = Read("rules = '''\nno\né🔑x\n'''\n", "rules");

        Place(value.SpanAtByte(1, 0)).Should().Be((3, 1, 2));
        Place(value.SpanAtByte(1, 2)).Should().Be((3, 2, 4));
        Place(value.SpanAtByte(1, 5)).Should().Be((3, 2, 4));
        Place(value.SpanAtByte(1, 6)).Should().Be((3, 3, 1));
        Place(value.SpanAtByte(1, 99)).Should().Be((3, 4, 0));
    }

    [Test]
    public void A_line_past_the_end_points_to_the_end()
    {
        var (_, value) = Read("rules = '''\none\n'''\n", "rules");

        Place(value.SpanAtByte(1, 0)).Should().Be((3, 1, 0));
        Place(value.SpanAtByte(7, 0)).Should().Be((3, 1, 0));
    }

    [Test]
    public void The_spans_of_a_key_and_its_value_are_their_text()
    {
        const string Text = "a.\"b c\" = [ 1, { d = 'x' } ] # end\n[t]\ne = 2024-01-01 10:00:00Z\n";
        var root = TomlCorpus.ParseValid(Text);

        var a = (TomlTable)root.Get("a")!;
        Slice(Text, a.Entries[0].KeySpan).Should().Be("\"b c\"");
        var array = (TomlArray)a.Entries[0].Value;
        Slice(Text, array.Span).Should().Be("[ 1, { d = 'x' } ]");
        Slice(Text, array.Items[1].Span).Should().Be("{ d = 'x' }");
        Slice(Text, root.Get("t")!.Span).Should().Be("[t]");
        var date = ((TomlTable)root.Get("t")!).Get("e")!;
        Slice(Text, date.Span).Should().Be("2024-01-01 10:00:00Z");
        date.Span.ToString().Should().Be("t.toml:3:5");
    }

    [Test]
    public void A_table_first_named_on_the_way_has_its_place_where_it_is_defined()
    {
        var root = TomlCorpus.ParseValid("[a.b]\n[a]\n");

        root.Entries[0].KeySpan.ToString().Should().Be("t.toml:2:2");
        root.Entries[0].Value.Span.ToString().Should().Be("t.toml:2:1");
    }

    private static (string Text, TomlString Value) Read(string text, string key) =>
        (text, (TomlString)TomlCorpus.ParseValid(text).Get(key)!);

    private static SourceSpan Line(TomlString value, int index)
    {
        var lines = value.Value.Split('\n');
        return value.SpanOf(lines.Take(index).Sum(l => l.Length + 1), lines[index].Length);
    }

    private static (int Line, int Column, int Length) Place(SourceSpan span) => (span.Line, span.Column, span.Length);

    private static string Slice(string text, SourceSpan span) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text).AsSpan(span.Offset, span.Length));
}
