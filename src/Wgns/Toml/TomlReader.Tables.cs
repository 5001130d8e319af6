using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>Headers, and who may add to which table: TOML 1.0, "Keys" and "Table".</summary>
internal ref partial struct TomlReader
{
    /// <summary><c>[a.b]</c> or <c>[[a.b]]</c>. After a bad one the lines below go into a table of nobody.</summary>
    private bool ReadHeader()
    {
        var start = PlaceAt(_at);
        var isArray = Peek(1) == '[';
        _at += isArray ? 2 : 1;
        _section = Orphan(start);
        if (!ReadKey())
        {
            return false;
        }

        if (Peek() != ']' || (isArray && Peek(1) != ']'))
        {
            return Fail(Here(), isArray ? "the header should end with ]] here" : "the header should end with ] here");
        }

        _at += isArray ? 2 : 1;
        var span = Span(start, _at);
        // What is wrong with the names does not hide what is wrong behind the header on the same line.
        if (OpenSuperTables() is { } parent)
        {
            _section = (isArray ? DefineElement(parent, span) : DefineTable(parent, span)) ?? _section;
        }

        return true;
    }

    private readonly TomlTable Orphan(Place start) => new(Span(start, start.Offset), TomlTableOrigin.Header, 1);

    /// <summary>The table that a header's last part is to stand in, null after an error.</summary>
    private TomlTable? OpenSuperTables()
    {
        var table = _root;
        for (var i = 0; i < _key.Count - 1; i++)
        {
            var part = _key[i];
            if (!table.TryGet(part.Text, out var entry))
            {
                if (AddTable(table, part, part.Span, TomlTableOrigin.Implicit) is not { } added)
                {
                    return null;
                }

                table = added;
                continue;
            }

            switch (entry.Value)
            {
                case TomlTable { Origin: not TomlTableOrigin.Inline } next:
                    table = next;
                    break;
                case TomlArray { IsArrayOfTables: true } array:
                    table = (TomlTable)array.Items[^1];
                    break;
                case TomlInvalid:
                    return null;
                case var value:
                    FailExtend(part, entry, value);
                    return null;
            }
        }

        return table;
    }

    private TomlTable? DefineTable(TomlTable parent, SourceSpan header)
    {
        var part = _key[^1];
        if (!parent.TryGet(part.Text, out var entry))
        {
            return AddTable(parent, part, header, TomlTableOrigin.Header);
        }

        if (entry.Value is TomlTable { Origin: TomlTableOrigin.Implicit } table)
        {
            table.Origin = TomlTableOrigin.Header;
            table.SetSpan(header);
            entry.KeySpan = part.Span;
            return table;
        }

        const string Several = "several of one name are written [[name]] in every place";
        FailTwice(part, entry, entry.Value is TomlArray { IsArrayOfTables: true }
            or TomlTable { Origin: TomlTableOrigin.Header } ? Several : null);
        return null;
    }

    private TomlTable? DefineElement(TomlTable parent, SourceSpan header)
    {
        var part = _key[^1];
        TomlArray array;
        if (!parent.TryGet(part.Text, out var entry))
        {
            array = new TomlArray(header, isArrayOfTables: true);
            parent.Add(new TomlEntry(part.Text, part.Span, array));
        }
        else if (entry.Value is TomlArray { IsArrayOfTables: true } known)
        {
            array = known;
        }
        else
        {
            var hint = entry.Value switch
            {
                TomlArray => "an array written with = cannot be added to by [[headers]]",
                TomlTable => "that one is a single table, not an array of them",
                _ => null,
            };
            FailTwice(part, entry, hint);
            return null;
        }

        // An array of tables is two levels: the array and its element.
        if (!FitsDepth(parent.Depth + 2, header))
        {
            return null;
        }

        var element = new TomlTable(header, TomlTableOrigin.Element, parent.Depth + 2);
        array.Add(element);
        return element;
    }

    /// <summary>The table that a dotted key's last part is to stand in, null after an error.</summary>
    private TomlTable? OpenDotted(TomlTable table)
    {
        for (var i = 0; i < _key.Count - 1; i++)
        {
            var part = _key[i];
            if (!table.TryGet(part.Text, out var entry))
            {
                if (AddTable(table, part, part.Span, TomlTableOrigin.Dotted) is not { } added)
                {
                    return null;
                }

                table = added;
                continue;
            }

            switch (entry.Value)
            {
                case TomlTable { Origin: TomlTableOrigin.Dotted or TomlTableOrigin.Implicit } next:
                    // From now on it is defined here, and no [header] may define it again.
                    next.Origin = TomlTableOrigin.Dotted;
                    table = next;
                    break;
                case TomlInvalid:
                    return null;
                case var value:
                    FailExtend(part, entry, value);
                    return null;
            }
        }

        return table;
    }

    private TomlTable? AddTable(TomlTable parent, KeyPart part, SourceSpan span, TomlTableOrigin origin)
    {
        if (!FitsDepth(parent.Depth + 1, part.Span))
        {
            return null;
        }

        var table = new TomlTable(span, origin, parent.Depth + 1);
        parent.Add(new TomlEntry(part.Text, part.Span, table));
        return table;
    }

    private bool IsFree(TomlTable table, KeyPart part)
    {
        if (!table.TryGet(part.Text, out var first))
        {
            return true;
        }

        FailTwice(part, first);
        return false;
    }

    private void FailTwice(KeyPart part, TomlEntry first, string? hint = null)
    {
        var what = first.Value is TomlTable { Origin: TomlTableOrigin.Header } ? "the table" : "the key";
        Fail(part.Span, $"{what} {Quoted(part.Text)} is defined twice: first at line {first.KeySpan.Line}", hint);
    }

    private void FailExtend(KeyPart part, TomlEntry first, TomlNode value) => Fail(
        part.Span,
        $"{Quoted(part.Text)} cannot be added to: it is {value.Describe()}, defined at line {first.KeySpan.Line}",
        value switch
        {
            TomlTable { Origin: TomlTableOrigin.Inline } => "an inline table holds everything between its braces",
            TomlTable => "write the key below the table's [header]",
            TomlArray { IsArrayOfTables: true } => "write the key below the [[header]] it belongs to",
            _ => null,
        });

    /// <summary>
    /// A key as messages show it. A line that is nothing but a base64 WireGuard key is a TOML key too, and no log may
    /// have that: what is as long is shown by its beginning only.
    /// </summary>
    private static string Quoted(string key) =>
        key.Length < 40 ? $"\"{TomlText.EscapeBasic(key)}\"" : $"\"{TomlText.EscapeBasic(key[..4])}…\"";

    /// <summary>Too deep ends the reading: whatever is so deep is no configuration, and every level would say so.</summary>
    private bool FitsDepth(int depth, SourceSpan span) =>
        depth <= MaxDepth || GiveUp(span, $"nested deeper than {MaxDepth} levels");
}
