using System.Text;
using System.Text.Json;

namespace Wgns.Importers;

/// <summary>Reads JSON with the places of its values, which JsonDocument does not keep.</summary>
internal ref struct JsonProfile
{
    /// <summary>A profile has five levels.</summary>
    internal const int MostLevels = 32;

    /// <summary>Of JSON and YAML, aliases and all: a few hundred bytes of YAML can stand for more than any memory holds.</summary>
    internal const int MostValues = 50_000;

    private readonly Draft _draft;
    private Utf8JsonReader _reader;
    private int _values;
    private (int Bytes, int Characters) _at;

    private JsonProfile(Draft draft, ReadOnlySpan<byte> utf8)
    {
        _draft = draft;
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MostLevels });
    }

    /// <summary>Null, with the reason said, where it is no JSON.</summary>
    internal static ProfileNode? Read(Draft draft)
    {
        var profile = new JsonProfile(draft, Encoding.UTF8.GetBytes(draft.Source.Text));
        try
        {
            profile._reader.Read();
            var node = profile.Value();
            profile._reader.Read(); // what follows is an error
            if (profile._values <= MostValues)
            {
                return node;
            }

            draft.Error(draft.Whole, $"there are more than {MostValues} values");
        }
        catch (JsonException e)
        {
            var at = draft.Source.Line((int)Math.Clamp(e.LineNumber ?? 0, 0, draft.Source.LineCount - 1));
            var line = draft.Source.Text.AsSpan(at.Start, at.Length);
            var index = CharacterAt(line, e.BytePositionInLine ?? 0);

            // Its message goes on with a path and the place, which we give ourselves.
            var message = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
            draft.Error(draft.Source.Span(at.Start + index, 1), $"this is no JSON: {char.ToLowerInvariant(message[0])}{draft.Redacted(message[1..])}");
        }
        catch (InvalidOperationException)
        {
            draft.Error(profile.Span(), "the text holds half of a surrogate pair, which is no character");
        }

        return null;
    }

    private ProfileNode Value()
    {
        var span = Span();
        _values++;
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartArray:
                var items = new List<ProfileNode>();
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Value());
                }

                return new ProfileList(span, items);
            case JsonTokenType.StartObject:
                return Map(span);
            case JsonTokenType.String:
                return new ProfileScalar(span, _reader.GetString()!, IsPlain: false);
            default:
                return new ProfileScalar(span, Encoding.UTF8.GetString(_reader.ValueSpan), IsPlain: true);
        }
    }

    private ProfileMap Map(Diagnostics.SourceSpan span)
    {
        var map = new ProfileMap(span, []);
        var keys = new HashSet<string>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var (key, keySpan) = (_reader.GetString()!, Span());
            _reader.Read();
            var value = Value();
            if (!keys.Add(key))
            {
                _draft.Error(keySpan, $"\"{_draft.Redacted(key)}\" is there twice");
            }
            else
            {
                map.Entries.Add((key, keySpan, value));
            }
        }

        return map;
    }

    // Tokens come in the order of the text: bytes are counted on from the last.
    private Diagnostics.SourceSpan Span()
    {
        var before = (int)_reader.TokenStartIndex;
        _at = before >= _at.Bytes ? _at : (0, 0);
        _at = (before, _at.Characters + CharacterAt(_draft.Source.Text.AsSpan(_at.Characters), before - _at.Bytes));
        return _draft.Source.Span(_at.Characters, Math.Max(1, Encoding.UTF8.GetCharCount(_reader.ValueSpan)));
    }

    private static int CharacterAt(ReadOnlySpan<char> text, long bytes)
    {
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (bytes <= 0)
            {
                break;
            }

            bytes -= rune.Utf8SequenceLength;
            index += rune.Utf16SequenceLength;
        }

        return index;
    }
}
