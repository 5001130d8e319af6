using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>Values: which kind begins here; arrays and inline tables.</summary>
internal ref partial struct TomlReader
{
    /// <param name="depth">The level of a table or array that would begin here.</param>
    private TomlNode? ReadValue(int depth)
    {
        switch (Peek())
        {
            case '"':
                return Peek(1) == '"' && Peek(2) == '"' ? ReadMultiLine('"') : ReadBasic("the string");
            case '\'':
                return Peek(1) == '\'' && Peek(2) == '\'' ? ReadMultiLine('\'') : ReadLiteral("the string");
            case '[':
                return FitsDepth(depth, Here()) ? ReadArray(depth) : null;
            case '{':
                return FitsDepth(depth, Here()) ? ReadInlineTable(depth) : null;
            default:
                return ReadScalar();
        }
    }

    private TomlArray? ReadArray(int depth)
    {
        var start = PlaceAt(_at++);
        var array = new TomlArray(Span(start, _at));
        while (SkipToElement(start))
        {
            if (Peek() == ']')
            {
                _at++;
                array.SetSpan(Span(start, _at));
                return array;
            }

            if (BeginsStatement())
            {
                FailUnclosed(start);
                return null;
            }

            var elementStart = PlaceAt(_at);
            var element = ReadValue(depth + 1);
            if (element is null)
            {
                if (_atStatement)
                {
                    return null;
                }

                SkipElement();
                element = new TomlInvalid(Span(elementStart, _at));
            }

            array.Add(element);
            if (!SkipToElement(start) || !ReadSeparator(start))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The comma after an element; a closing bracket stays for the loop.</summary>
    private bool ReadSeparator(Place arrayStart)
    {
        switch (Peek())
        {
            case ',':
                _at++;
                return true;
            case ']':
                return true;
            default:
                var here = Here();
                if (BeginsStatement())
                {
                    return FailUnclosed(arrayStart);
                }

                Fail(here, "a comma or ] is missing here", $"the array begins at line {arrayStart.Line}");
                // A value on a new line most likely lacks only its comma; anything else is skipped as an element.
                if (here.Column > 1 && !StandsFirstOnLine())
                {
                    SkipElement();
                    if (Peek() == ',')
                    {
                        _at++;
                    }
                }

                return true;
        }
    }

    /// <summary>Blanks, comments and line ends within an array. False, reported, where the text ends.</summary>
    private bool SkipToElement(Place arrayStart)
    {
        while (true)
        {
            SkipBlanks();
            if (Peek() == '#' && !ReadComment())
            {
                SkipLine();
            }
            else if (!SkipNewline())
            {
                break;
            }
        }

        if (_at < _text.Length)
        {
            return true;
        }

        return FailUnclosed(arrayStart);
    }

    /// <summary>Said of the innermost one only: <see cref="_atStatement"/> takes the others along.</summary>
    private bool FailUnclosed(Place arrayStart)
    {
        _atStatement = true;
        return Fail(Span(arrayStart, arrayStart.Offset + 1), "the array is not closed", "a ] is missing");
    }

    private readonly bool StandsFirstOnLine()
    {
        var before = _text[.._at].TrimEnd(" \t"u8);
        return before.Length == 0 || before[^1] == '\n';
    }

    /// <summary>
    /// Whether a line begins here that can only be a statement: a [header] or a bare key with its =. Then an array
    /// before it was left open, and reading on from here finds the errors that are left.
    /// </summary>
    private readonly bool BeginsStatement()
    {
        if (!StandsFirstOnLine())
        {
            return false;
        }

        var at = _at;
        while (at < _text.Length && (IsBareKey(_text[at]) || _text[at] is (byte)'.' or (byte)' ' or (byte)'\t'))
        {
            at++;
        }

        return at > _at && at < _text.Length && _text[at] == '=';
    }

    /// <summary>Past a bad element, to its comma, the array's end or the line's.</summary>
    private void SkipElement()
    {
        var level = 0;
        for (; _at < _text.Length && !IsNewline(_at); _at++)
        {
            switch (_text[_at])
            {
                case (byte)'"' or (byte)'\'':
                    SkipQuoted();
                    break;
                case (byte)'[' or (byte)'{':
                    level++;
                    break;
                case (byte)']' or (byte)'}' when level > 0:
                    level--;
                    break;
                case (byte)']' or (byte)',' when level == 0:
                case (byte)'#':
                    return;
            }
        }
    }

    /// <summary>To the closing quote, where it is on this line; else not at all.</summary>
    private void SkipQuoted()
    {
        var rest = _text[(_at + 1)..];
        var length = rest.IndexOfAny(_text[_at], (byte)'\n');
        if (length >= 0 && rest[length] == _text[_at])
        {
            _at += length + 1;
        }
    }

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
                    if (Peek() == '}')
                    {
                        Fail(comma, "an inline table has no comma after its last value");
                    }
                    else
                    {
                        break;
                    }

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
