using System.Text;
using Wgns.Toml;

namespace Wgns.Tests.Toml;

public sealed class TomlWriterTests
{
    [Test]
    public void A_document_comes_out_in_the_order_of_the_calls()
    {
        var text = new TomlWriter()
            .Comment("Imported from wg0.conf.\n\nCheck the endpoint.")
            .BlankLine()
            .Entry("namespace_name", "vpn")
            .Entry("ips", ["10.0.0.2/32", "fd00::2/128"])
            .Comment("bytes")
            .Entry("mtu", 1380)
            .BlankLine()
            .Entry("managed", true)
            .Comment("the only one")
            .ArrayOfTablesHeader("peers")
            .Entry("endpoint", "vpn.example:51820")
            .TableHeader("peers", "a b")
            .Entry("ratio", 1.0)
            .ToString();

        text.Should().Be("""
            # Imported from wg0.conf.
            #
            # Check the endpoint.

            namespace_name = "vpn"
            ips = ["10.0.0.2/32", "fd00::2/128"]
            # bytes
            mtu = 1380

            managed = true

            # the only one
            [[peers]]
            endpoint = "vpn.example:51820"

            [peers."a b"]
            ratio = 1.0

            """);
    }

    [TestCase("plain", "\"plain\"")]
    [TestCase("it's", "\"it's\"")]
    [TestCase("say \"x\"", "'say \"x\"'")]
    [TestCase("C:\\x", "'C:\\x'")]
    [TestCase("'\"\\", "\"'\\\"\\\\\"")]
    [TestCase("a\tb", "\"a\\tb\"")]
    [TestCase("\u0001\r\u007F", "\"\\u0001\\r\\u007F\"")]
    [TestCase("one\ntwo\n", "\"\"\"\none\ntwo\n\"\"\"")]
    [TestCase("\n", "\"\"\"\n\n\"\"\"")]
    [TestCase("x \"y\"\nz", "'''\nx \"y\"\nz'''")]
    [TestCase("\"\"\"\n'''", "\"\"\"\n\"\"\\\"\n'''\"\"\"")]
    [TestCase("a\\\n\"", "'''\na\\\n\"'''")]
    [TestCase("a\r\n\"", "\"\"\"\na\\r\n\\\"\"\"\"")]
    public void A_string_gets_the_form_that_needs_the_fewest_escapes(string value, string expected)
    {
        var text = new TomlWriter().Entry("a", value).ToString();

        text.Should().Be($"a = {expected}\n");
        ((TomlString)TomlCorpus.ParseValid(text).Get("a")!).Value.Should().Be(value);
    }

    [TestCase("plain_Key-1", "plain_Key-1")]
    [TestCase("", "\"\"")]
    [TestCase("a.b", "\"a.b\"")]
    [TestCase("é", "\"é\"")]
    [TestCase("a\"\n", "\"a\\\"\\n\"")]
    public void A_key_gets_quotes_only_where_it_needs_them(string key, string expected) =>
        new TomlWriter().Entry(key, 1).ToString().Should().Be($"{expected} = 1\n");

    [Test]
    public void A_long_array_gets_a_line_for_each_element()
    {
        var values = Enumerable.Range(0, 20).Select(i => $"10.0.{i}.0/24").ToArray();

        var text = new TomlWriter().Entry("allowedIPs", values).ToString();

        text.Should().StartWith("allowedIPs = [\n    \"10.0.0.0/24\",\n").And.EndWith("    \"10.0.19.0/24\",\n]\n");
        ((TomlArray)TomlCorpus.ParseValid(text).Get("allowedIPs")!).Items.Should().HaveCount(20);
    }

    [Test]
    public void A_comment_cannot_break_out_of_its_line()
    {
        var text = new TomlWriter().Comment("x\ry\u0000z\r\na = 1").ToString();

        TomlCorpus.ParseValid(text).Entries.Should().BeEmpty();
    }

    [Test]
    public void A_key_written_twice_is_an_exception_and_no_document()
    {
        var writer = new TomlWriter().Entry("a", 1).Entry("a", 2);

        writer.Invoking(w => w.ToString()).Should().Throw<InvalidOperationException>().WithMessage("*\"a\" is defined twice*");
    }

    [Test]
    public void A_lone_surrogate_is_an_exception_and_no_other_text()
    {
        var writer = new TomlWriter().Entry("a", "\uD800");

        writer.Invoking(w => w.ToString()).Should().Throw<EncoderFallbackException>();
    }

    [Test]
    public void Nothing_written_is_an_empty_document() => new TomlWriter().BlankLine().ToString().Should().BeEmpty();
}
