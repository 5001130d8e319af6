using System.Text;
using System.Text.Json.Nodes;
using Wgns.Toml;
using Wgns.TomlDecode;

namespace Wgns.Tests.Toml;

/// <summary>
/// Each valid file has its values beside it in toml-test's tagged JSON; each invalid one all of its diagnostics, a line
/// each: place, blank, a part of the message.
/// </summary>
public sealed class TomlCorpusTests
{
    [TestCaseSource(typeof(TomlCorpus), nameof(TomlCorpus.Valid))]
    public void A_valid_file_is_read_to_the_values_beside_it(string name)
    {
        var document = TomlDocument.Parse(TomlCorpus.Read("valid", name), "t.toml");

        document.Diagnostics.Should().BeEmpty();
        var expected = JsonNode.Parse(TomlCorpus.Read("valid", name, ".json"), null, new() { MaxDepth = 1000 });
        var actual = JsonNode.Parse(TaggedJson.Write(document.Root), null, new() { MaxDepth = 1000 });
        JsonNode.DeepEquals(actual, expected).Should().BeTrue("the values are\n{0}", actual);
    }

    [TestCaseSource(typeof(TomlCorpus), nameof(TomlCorpus.Invalid))]
    public void An_invalid_file_gets_all_of_its_errors_at_their_places_and_no_other(string name)
    {
        var expected = Encoding.UTF8.GetString(TomlCorpus.Read("invalid", name, ".errors"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var actual = TomlDocument.Parse(TomlCorpus.Read("invalid", name), "t.toml").Diagnostics;

        actual.Should().HaveSameCount(expected, "the errors are\n{0}", string.Join('\n', actual));
        foreach (var (diagnostic, line) in actual.Zip(expected))
        {
            var place = line.Split(' ', 2);
            diagnostic.Span.ToString().Should().Be("t.toml:" + place[0]);
            diagnostic.Message.Should().Contain(place[1]);
        }
    }

    [TestCaseSource(typeof(TomlCorpus), nameof(TomlCorpus.Valid))]
    public void A_valid_file_written_again_reads_to_the_same_values(string name)
    {
        var root = TomlDocument.Parse(TomlCorpus.Read("valid", name), "t.toml").Root;

        var again = TomlCorpus.ParseValid(TomlWriter.Write(root));

        TomlValues.Same(root, again).Should().BeTrue();
    }
}
