namespace Wgns.Toml;

/// <summary>Values: which kind begins here; arrays.</summary>
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
}
