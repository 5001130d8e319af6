using System.Diagnostics;
using System.Text;
using Wgns.Diagnostics;
using Wgns.Toml;

namespace Wgns.Tests.Toml;

public sealed class TomlReaderTests
{
    [Test]
    public void A_key_defined_twice_is_an_error_at_its_second_place_and_the_first_value_stays()
    {
        var document = TomlCorpus.Parse("mtu = 1\nmtu = 2\n");

        document.Diagnostics.Should().ContainSingle().Which.ToString()
            .Should().Be("t.toml:2:1: error: the key \"mtu\" is defined twice: first at line 1");
        ((TomlInteger)document.Root.Get("mtu")!).Value.Should().Be(1);
    }

    [Test]
    public void Entries_stay_in_the_order_of_the_file()
    {
        var keys = Enumerable.Range(0, 40).Select(i => $"k{(i * 7) % 40}").ToArray();

        var root = TomlCorpus.ParseValid(string.Concat(keys.Select(key => $"{key} = 1\n")));

        root.Entries.Select(entry => entry.Key).Should().Equal(keys);
        keys.Should().OnlyContain(key => root.Get(key) != null);
        root.Get("none").Should().BeNull();
    }

    [Test]
    public void A_value_that_could_not_be_read_still_holds_its_key()
    {
        var document = TomlCorpus.Parse("a = nope\nb = [1, nope]\n");

        document.Root.Get("a").Should().BeOfType<TomlInvalid>();
        ((TomlArray)document.Root.Get("b")!).Items.Select(item => item.Describe())
            .Should().Equal("an integer", "an invalid value");
        document.Diagnostics.Should().HaveCount(2);
    }

    [Test]
    public void What_stands_below_a_bad_header_goes_into_no_other_table()
    {
        var document = TomlCorpus.Parse("[a]\nx = 1\n[a]\ny = 2\n");

        ((TomlTable)document.Root.Get("a")!).Entries.Select(entry => entry.Key).Should().Equal("x");
    }

    [TestCase("a = 'x'", "a string")]
    [TestCase("a = 1", "an integer")]
    [TestCase("a = 1.0", "a float")]
    [TestCase("a = true", "a boolean")]
    [TestCase("a = 2024-01-01T00:00:00Z", "an offset date-time")]
    [TestCase("a = 2024-01-01T00:00:00", "a local date-time")]
    [TestCase("a = 2024-01-01", "a local date")]
    [TestCase("a = 00:00:00", "a local time")]
    [TestCase("a = []", "an array")]
    [TestCase("a = {}", "a table")]
    [TestCase("[[a]]", "an array of tables")]
    public void Every_value_says_what_it_is(string text, string expected) =>
        TomlCorpus.ParseValid(text).Get("a")!.Describe().Should().Be(expected);

    [TestCase("a = “x”", "typographic")]
    [TestCase("a = yes", "true or false")]
    [TestCase("a = hello", "quotes")]
    [TestCase("a = /run/keys", "quotes")]
    [TestCase("a: 1", "key = value")]
    [TestCase("a = \"C:\\path\"", "single quotes")]
    [TestCase("a = 0755", "0o755")]
    [TestCase("a = 2024-01-01T10:00", "seconds included")]
    [TestCase("[peers]\n[peers]", "[[name]]")]
    [TestCase("a = { x = 1,\n}", "on one line")]
    public void A_common_mistake_gets_a_hint(string text, string hint) =>
        TomlCorpus.Parse(text).Diagnostics[0].Hint.Should().Contain(hint);

    [TestCase("privateKey = {0}=")]
    [TestCase("{0}=\n{0}=")]
    [TestCase("a = [ {0} ]")]
    [TestCase("a = {{ {0}.b = 1, {0} = 2 }}")]
    [TestCase("[{0}]\n[{0}]")]
    [TestCase("a = \"{0}\\q")]
    public void No_message_holds_a_key_that_somebody_put_in_the_wrong_place(string text)
    {
        var key = "q" + new string('A', 42);

        var said = TomlCorpus.Parse(string.Format(null, text, key)).Diagnostics;

        said.Should().NotBeEmpty().And.OnlyContain(diagnostic => !diagnostic.ToString().Contains("AAAAAA"));
    }

    [Test]
    public void A_file_of_garbage_gets_a_hundred_errors_and_one_that_says_so()
    {
        var diagnostics = TomlCorpus.Parse(string.Concat(Enumerable.Repeat("= x\n", 1000))).Diagnostics;

        diagnostics.Should().HaveCount(101);
        diagnostics[^1].Message.Should().StartWith("too many errors");
        diagnostics.Should().OnlyContain(diagnostic => diagnostic.Severity == Severity.Error);
    }

    [TestCase("\"{0}")]
    [TestCase("\"{0}\"")]
    [TestCase("'{0}'")]
    [TestCase("\"\"\"{0}\"\"\"")]
    [TestCase("\"{1}\"")]
    [TestCase("[ {2} ]")]
    [TestCase("[ {{ x = \"{0}\" }} ]")]
    public void The_hundredth_error_ends_the_reading_wherever_it_is(string value)
    {
        var (controls, escapes, words) = (new string('\u0001', 300), Repeat("\\q"), Repeat("nope,"));

        var diagnostics = TomlCorpus.Parse("a = " + string.Format(null, value, controls, escapes, words)).Diagnostics;

        diagnostics.Should().HaveCount(101);

        static string Repeat(string text) => string.Concat(Enumerable.Repeat(text, 300));
    }

    [TestCase("[", 1)]
    [TestCase("a.", 1)]
    [TestCase("\"", 1)]
    [TestCase("a = [", 1)]
    [TestCase("a = {b=", 1)]
    [TestCase("a = '\"'\"", 1)]
    [TestCase("[x,\n", 1)]
    [TestCase("a = \"\"\"\\\n", 1)]
    [TestCase("[[a]]\n[a.b]\n", 1)]
    [TestCase("x = {}\n", 1)]
    [TestCase("\r", 1)]
    [TestCase("\uFFFD", 3)]
    public void A_megabyte_of_one_pattern_is_read_in_no_time(string pattern, int weight)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(pattern, 1_000_000 / pattern.Length / weight)));
        var watch = Stopwatch.StartNew();

        TomlDocument.Parse(bytes, "t.toml").Diagnostics.Count.Should().BeLessThan(102);

        // It takes tens of milliseconds; what was quadratic would take many minutes.
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    [Test]
    public void A_hundred_thousand_keys_on_one_line_are_read_in_no_time()
    {
        var text = $"a = {{ {string.Join(", ", Enumerable.Range(0, 100_000).Select(i => $"k{i} = [{i}]"))} }}";
        var watch = Stopwatch.StartNew();

        var table = (TomlTable)TomlCorpus.ParseValid(text).Get("a")!;

        table.Entries.Should().HaveCount(100_000);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
    }
}
