namespace Wgns.Toml;

/// <summary>Tables between braces: all on one line, closed for good.</summary>
internal ref partial struct TomlReader
{
    private TomlTable? ReadInlineTable(int depth)
    {
        var start = PlaceAt(_at++);
        var table = new TomlTable(Span(start, _at), TomlTableOrigin.Inline, depth);
        SkipBlanks();
        if (Peek() == '}')
        {
            _at++;
            table.SetSpan(Span(start, _at));
            return table;
        }

        while (true)
        {
            SkipBlanks();
            if (Peek() is -1 or '#' || IsNewline(_at))
            {
                FailInlineEnd(start);
                return null;
            }

            if (!ReadEntry(table, inline: true))
            {
                return null;
            }

            SkipBlanks();
            switch (Peek())
            {
                case '}':
                    _at++;
                    table.SetSpan(Span(start, _at));
                    return table;
                case ',':
                    var comma = Here();
                    _at++;
                    SkipBlanks();
                    if (Peek() != '}')
                    {
                        break;
                    }

                    Fail(comma, "an inline table has no comma after its last value");
                    return null;
                default:
                    FailInlineEnd(start);
                    return null;
            }
        }
    }

    private void FailInlineEnd(Place start)
    {
        if (Peek() is -1 or '#' || IsNewline(_at))
        {
            Fail(
                Span(start, start.Offset + 1),
                "the inline table is not closed on its line",
                "TOML 1.0 wants all of it on one line; a [table] may take as many as it likes");
        }
        else
        {
            Fail(Here(), "a comma or } is missing here");
        }
    }
}
