namespace Wgns.Toml;

/// <summary>The two forms of string over lines.</summary>
internal ref partial struct TomlReader
{
    private TomlString? ReadMultiLine(char quote)
    {
        var start = PlaceAt(_at);
        _at += 3;
        SkipNewline();
        var begin = PlaceAt(_at);
        var marks = new List<TomlStringMark> { new(0, begin.Offset, begin.Line, begin.Column, false) };
        var run = _at;
        while (_at < _text.Length)
        {
            var b = _text[_at];
            if (b == quote)
            {
                var quotes = CountQuotes(quote);
                if (quotes < 3)
                {
                    _at += quotes;
                    continue;
                }

                // Up to two quotes may stand right before the closing three.
                _at += Math.Min(quotes, 5) - 3;
                AppendRun(run);
                _at += 3;
                return new TomlString(Span(start, _at), TakeBuffer(), [.. marks]);
            }

            if (b == '\\' && quote == '"')
            {
                AppendRun(run);
                var isJump = SkipLineEndingBackslash();
                if (!isJump)
                {
                    ReadEscape();
                }

                run = _at;
                marks.Add(MarkHere(isJump));
            }
            else if (IsNewline(_at))
            {
                AppendRun(run);
                SkipNewline();
                _buffer.Append('\n');
                run = _at;
                marks.Add(MarkHere(isJump: false));
            }
            else
            {
                if (IsControl(b))
                {
                    FailControl("in the string");
                }

                // FailControl may have moved to the end.
                _at = Math.Min(_at + 1, _text.Length);
            }
        }

        _buffer.Clear();
        Fail(Span(start, start.Offset + 3), "the multi-line string is not closed", $"{new string(quote, 3)} is missing");
        return null;
    }

    private readonly int CountQuotes(char quote)
    {
        var count = 0;
        while (count < 5 && Peek(count) == quote)
        {
            count++;
        }

        return count;
    }

    /// <summary>
    /// A backslash with nothing but blanks behind it on its line takes away all blanks and line ends up to the next
    /// character. False where this backslash is an escape.
    /// </summary>
    private bool SkipLineEndingBackslash()
    {
        var at = _at + 1;
        while (at < _text.Length && _text[at] is (byte)' ' or (byte)'\t')
        {
            at++;
        }

        if (at >= _text.Length || !IsNewline(at))
        {
            return false;
        }

        _at = at;
        do
        {
            SkipBlanks();
        }
        while (SkipNewline());

        return true;
    }
}
