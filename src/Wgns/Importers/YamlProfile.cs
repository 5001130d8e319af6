using Wgns.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Wgns.Importers;

/// <summary>
/// Builds a profile from YAML's events. Not by the library's own tree: it is built by recursion, so that a file of
/// brackets would end the process, and it resolves tags.
/// </summary>
internal sealed class YamlProfile
{
    private readonly Draft _draft;
    private readonly Parser _parser;
    private readonly Dictionary<string, (ProfileNode Node, int Values)> _anchors = [];
    private int _values;

    private YamlProfile(Draft draft)
    {
        _draft = draft;
        _parser = new Parser(new StringReader(draft.Source.Text));
    }

    /// <summary>Null, with the reason said, where it is no YAML.</summary>
    internal static ProfileNode? Read(Draft draft)
    {
        var profile = new YamlProfile(draft);
        try
        {
            while (profile._parser.MoveNext())
            {
                if (profile._parser.Current is NodeEvent)
                {
                    return profile.Document();
                }
            }

            draft.Error(draft.Whole, "the file is empty");
        }
        catch (YamlException e)
        {
            draft.Error(draft.Source.At(e.Start.Line, e.Start.Column), $"this is no YAML: {draft.Redacted(e.Message.ReplaceLineEndings(" "))}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException or OverflowException or NullReferenceException)
        {
            // The scanner's own mistakes about broken text, each of which is the text's in the end.
            draft.Error(draft.Whole, "this is no YAML");
        }

        return null;
    }

    private ProfileNode? Document()
    {
        var node = Node(0);

        // To the end, so that what is broken further on is not passed over; a second document is nobody's.
        while (_parser.MoveNext())
        {
            if (_parser.Current is DocumentStart start)
            {
                _draft.Error(Span(start), "a second document begins here; wg-netns takes one");
                return null;
            }
        }

        return node;
    }

    private ProfileNode Node(int level)
    {
        var current = _parser.Current!;
        if (level > JsonProfile.MostLevels)
        {
            throw new YamlException(current.Start, current.End, $"there are more than {JsonProfile.MostLevels} levels");
        }

        var before = _values++;
        switch (current)
        {
            case AnchorAlias alias:
                if (!_anchors.TryGetValue(alias.Value.Value, out var meant))
                {
                    throw new YamlException(alias.Start, alias.End, "there is no anchor of that name above");
                }

                Count(meant.Values, alias);
                return meant.Node;
            case Scalar scalar:
                Count(0, scalar);
                return Anchored(scalar, before, new ProfileScalar(Span(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain));
            case SequenceStart start:
                var items = new List<ProfileNode>();
                while (_parser.MoveNext() && _parser.Current is not SequenceEnd)
                {
                    items.Add(Node(level + 1));
                }

                return Anchored(start, before, new ProfileList(Span(start), items));
            case MappingStart start:
                return Anchored(start, before, Map(start, level));
            default:
                throw new YamlException(current.Start, current.End, "a value is missing");
        }
    }

    private ProfileMap Map(MappingStart start, int level)
    {
        var map = new ProfileMap(Span(start), []);
        var keys = new HashSet<string>();
        var merged = new List<ProfileNode>();
        while (_parser.MoveNext() && _parser.Current is not MappingEnd)
        {
            var keySpan = Span(_parser.Current!);
            var key = Node(level + 1);
            if (!_parser.MoveNext())
            {
                break;
            }

            var value = Node(level + 1);
            if (key is not ProfileScalar { Text: var name } scalar)
            {
                _draft.Error(keySpan, $"a key is {key.Describe()}; it must be a word");
            }
            else if (name == "<<" && scalar.IsPlain)
            {
                merged.Add(value);
            }
            else if (!keys.Add(name))
            {
                _draft.Error(keySpan, $"\"{_draft.Redacted(name)}\" is there twice");
            }
            else
            {
                map.Entries.Add((name, keySpan, value));
            }
        }

        foreach (var from in merged.SelectMany(m => m is ProfileList list ? list.Items : [m]).OfType<ProfileMap>())
        {
            map.Entries.AddRange(from.Entries.Where(e => keys.Add(e.Key)));
        }

        return map;
    }

    private ProfileNode Anchored(NodeEvent node, int before, ProfileNode value)
    {
        if (!node.Anchor.IsEmpty)
        {
            _anchors[node.Anchor.Value] = (value, _values - before);
        }

        return value;
    }

    private void Count(int more, ParsingEvent node)
    {
        _values += more;
        if (_values > JsonProfile.MostValues)
        {
            throw new YamlException(node.Start, node.End, $"there are more than {JsonProfile.MostValues} values, those of aliases counted");
        }
    }

    private SourceSpan Span(ParsingEvent e)
    {
        var span = _draft.Source.At(e.Start.Line, e.Start.Column);
        var length = e is Scalar && e.End.Line == e.Start.Line ? (int)Math.Clamp(e.End.Column - e.Start.Column, 0, int.MaxValue) : 1;
        return length > 1 ? span with { Length = length } : span;
    }
}
