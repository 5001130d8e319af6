using System.Text.Json;
using Wgns.Cli.Output;
using Wgns.Status;
using Wgns.Verification;

namespace Wgns.Tests.Cli;

public sealed class JsonTextTests
{
    // Of both alphabets of base64 that JSON might escape.
    private const string Key = "y2aBcD+eFgHiJkLmNoPqRsTuVwXyZ0123456789+/A0=";

    // Quotes, control characters (C1 among them: a terminal obeys these), what ends a line in JavaScript, half of a surrogate pair.
    private const string Hostile = "a\"b\\c\n\u0000\u001b[2J\u007f\u009b31m\u2028<&'>\ud800 \u00fc";

    [Test]
    public void A_key_reads_as_wg_shows_it()
    {
        var peer = new PeerStatus(Key, false, null, [], null, 0, 0, 0);
        JsonText.Of(peer, StatusJson.Default.PeerStatus).Should().Contain($"\"publicKey\": \"{Key}\"");
        JsonText.Of(new VerifyDocument(1, Key, true, []), VerifyJson.Default.VerifyDocument).Should().Contain($"\"{Key}\"");
        JsonText.Of(new ListDocument(1, [new ListEntry("vpn", "up", [], Key)]), StatusJson.Default.ListDocument).Should().Contain($"\"{Key}\"");
    }

    [Test]
    public void Whatever_is_in_a_text_the_output_is_JSON_of_which_a_terminal_obeys_nothing()
    {
        var text = JsonText.Of(new ListDocument(1, [new ListEntry("vpn", "up", [], Hostile)]), StatusJson.Default.ListDocument);

        text.Where(c => char.IsControl(c) && c != '\n').Should().BeEmpty();
        JsonDocument.Parse(text).RootElement.GetProperty("namespaces")[0].GetProperty("config").GetString()
            .Should().Be(Hostile.Replace('\ud800', '\ufffd'));
    }

    [Test]
    public void It_is_indented_as_before() =>
        JsonText.Of(new ListDocument(1, []), StatusJson.Default.ListDocument).Should().Be("{\n  \"version\": 1,\n  \"namespaces\": []\n}");
}
