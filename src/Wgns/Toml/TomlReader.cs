using System.Text;
using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>
/// A recursive descent reader over the UTF-8 bytes. Whoever finds a fault reports it and returns null; recovery is
/// left to three places: a statement skips its line, an array its element, a multi-line string nothing.
/// </summary>
internal ref partial struct TomlReader
{
    /// <summary>Tables and arrays below one another; TOML leaves the bound to the reader, the stack wants one.</summary>
    public const int MaxDepth = 128;

    private const int MaxDiagnostics = 100;

    private readonly ReadOnlySpan<byte> _text;
    private readonly string _source;
    private readonly List<Diagnostic> _diagnostics;
    private readonly TomlTable _root;
    private readonly List<KeyPart> _key = [];
    private readonly StringBuilder _buffer = new();

    /// <summary>The table that key = value lines go into.</summary>
    private TomlTable _section;

    private int _at;

    /// <summary>The last place asked for: places are asked for in rising order, so each byte is counted once.</summary>
    private Place _known;

    /// <summary>The fault left the position at a statement's first byte: no line is to be skipped.</summary>
    private bool _atStatement;

    /// <summary>The reading was given up: what still fails on the way out is not said.</summary>
    private bool _gaveUp;

    public TomlReader(ReadOnlySpan<byte> utf8, string source, List<Diagnostic> diagnostics)
    {
        _text = utf8;
        _source = source;
        _diagnostics = diagnostics;
        _at = utf8 is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        _known = new Place(_at, 1, 1);
        _root = new TomlTable(new SourceSpan(source, 1, 1, _at, utf8.Length - _at), TomlTableOrigin.Root, 0);
        _section = _root;
    }

    public TomlTable Read()
    {
        while (_at < _text.Length)
        {
            SkipBlanks();
            if (SkipNewline() || _at >= _text.Length)
            {
                continue;
            }

            _atStatement = false;
            if (!ReadStatement() && !_atStatement)
            {
                SkipLine();
            }
        }

        return _root;
    }

    private bool ReadStatement()
    {
        var read = Peek() switch
        {
            '#' => true,
            '[' => ReadHeader(),
            _ => ReadEntry(_section, inline: false),
        };
        return read && ReadEndOfLine();
    }

    /// <summary>Blanks, a comment, and the end of the line or of the text.</summary>
    private bool ReadEndOfLine()
    {
        SkipBlanks();
        if (!ReadComment())
        {
            return false;
        }

        if (_at >= _text.Length || SkipNewline())
        {
            return true;
        }

        return IsControl(_text[_at])
            ? FailControl("here")
            : Fail(Here(), "the line should end here", "one statement to a line; comments begin with #");
    }

    /// <summary>A comment up to its line end, which stays; nothing where none begins here.</summary>
    private bool ReadComment()
    {
        if (Peek() != '#')
        {
            return true;
        }

        for (; _at < _text.Length && !IsNewline(_at); _at++)
        {
            if (IsControl(_text[_at]))
            {
                return FailControl("in a comment");
            }
        }

        return true;
    }
}
