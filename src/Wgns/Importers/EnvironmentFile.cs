using System.Text;
using Wgns.Diagnostics;

namespace Wgns.Importers;

/// <summary>An assignment of an environment file.</summary>
/// <param name="Comments">Of the lines above it.</param>
internal sealed record EnvironmentVariable(string Name, SourceSpan NameSpan, string Value, SourceSpan ValueSpan, List<string> Comments);

/// <summary>
/// Reads a text as systemd reads an EnvironmentFile=, by systemd.exec(5): quotes of both kinds over lines, backslashes,
/// comments that begin with # or ;, lines without a = that count for nothing. No shell has a look at it.
/// </summary>
internal sealed class EnvironmentFile
{
    private readonly Draft _draft;
    private readonly string _text;
    private readonly List<EnvironmentVariable> _variables = [];
    private List<string> _comments = [];
    private int _at;

    private EnvironmentFile(Draft draft) => (_draft, _text) = (draft, draft.Source.Text);

    internal static List<EnvironmentVariable> Read(Draft draft)
    {
        var file = new EnvironmentFile(draft);
        while (file._at < file._text.Length)
        {
            file.Line();
        }

        draft.Leave(file._comments);
        return file._variables;
    }

    private bool IsAtLineEnd => _at >= _text.Length || _text[_at] is '\n' or '\r';

    private void Line()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\n' or '\r')
        {
            _at++;
        }

        if (_at >= _text.Length)
        {
            return;
        }

        var start = _at;
        if (_text[_at] is '#' or ';')
        {
            ToLineEnd();
            _comments.Add(_text[(start + 1).._at].Trim());
            return;
        }

        while (!IsAtLineEnd && _text[_at] != '=')
        {
            _at++;
        }

        var name = _text[start.._at].TrimEnd();
        var nameSpan = _draft.Source.Span(start, name.Length);
        if (IsAtLineEnd)
        {
            _draft.Note(nameSpan, $"the line `{name}` has no =", "left out, as systemd does");
            return;
        }

        _at++;
        SkipBlanks();
        var valueStart = _at;
        var value = Value();
        _variables.Add(new EnvironmentVariable(name, nameSpan, value, _draft.Source.Span(valueStart, _at - valueStart), _comments));
        _comments = [];
    }

    /// <summary>Quoted parts may follow each other; text without quotes goes on to the end of the line.</summary>
    private string Value()
    {
        var value = new StringBuilder();
        while (!IsAtLineEnd)
        {
            switch (_text[_at])
            {
                case '\'':
                    Quoted(value, '\'');
                    break;
                case '"':
                    Quoted(value, '"');
                    break;
                default:
                    Unquoted(value);
                    return value.ToString();
            }

            SkipBlanks();
        }

        return value.ToString();
    }

    private void Quoted(StringBuilder value, char quote)
    {
        var start = _at++;
        for (; _at < _text.Length && _text[_at] != quote; _at++)
        {
            if (_text[_at] != '\\' || quote == '\'' || _at + 1 >= _text.Length)
            {
                value.Append(_text[_at]);
                continue;
            }

            _at++;
            switch (_text[_at])
            {
                case '"' or '\\' or '`' or '$':
                    value.Append(_text[_at]);
                    break;
                case '\n':
                    break;
                default:
                    value.Append('\\').Append(_text[_at]);
                    break;
            }
        }

        if (_at >= _text.Length)
        {
            _draft.Error(_draft.Source.Span(start, 1), $"the quote {quote} is not closed", "all of the file from here on would be the value");
            return;
        }

        _at++;
    }

    private void Unquoted(StringBuilder value)
    {
        var lasting = value.Length;
        for (; !IsAtLineEnd; _at++)
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length)
            {
                _at++;
                if (_text[_at] is '\r' && _at + 1 < _text.Length && _text[_at + 1] == '\n')
                {
                    _at++;
                }

                if (_text[_at] is not ('\n' or '\r'))
                {
                    value.Append(_text[_at]);
                    lasting = value.Length;
                }

                continue;
            }

            value.Append(_text[_at]);
            lasting = _text[_at] is ' ' or '\t' ? lasting : value.Length;
        }

        // White space within stays, that at the end does not.
        value.Length = lasting;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t')
        {
            _at++;
        }
    }

    private void ToLineEnd()
    {
        while (!IsAtLineEnd)
        {
            _at++;
        }
    }
}
