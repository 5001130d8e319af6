using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Importers;

namespace Wgns.Tests.Importers;

/// <summary>Files as they are met, and what becomes of them to the letter.</summary>
public sealed class CorpusTests
{
    private static IEnumerable<string> Files() => Corpus.Files();

    [TestCaseSource(nameof(Files))]
    public void A_file_becomes_the_configuration_on_file_with_the_report_on_file(string file)
    {
        var import = Corpus.Bytes(Corpus.Content(file), $"/in/{Path.GetFileName(file)}", options: new ImportOptions("/etc/wgns/x.toml", "x"));

        import.Diagnostics.Where(d => d.Severity == Severity.Error).Should().BeEmpty();
        var stem = Path.ChangeExtension(file, null);
        Golden.Compare($"import/{stem}.toml", import.Toml);
        Golden.Compare(
            $"import/{stem}.txt",
            string.Concat(import.Notes.Select(n => $"{n}\n")) + string.Concat(import.Diagnostics.Select(d => $"{d}\n")) + string.Concat(import.Keys.Select(k => $"{k.File}\n")));
    }

    [TestCaseSource(nameof(Files))]
    public void What_was_written_reads_as_what_was_imported(string file)
    {
        foreach (var hooks in new HookPlace?[] { null, HookPlace.Host, HookPlace.Namespace })
        {
            var import = Corpus.Bytes(Corpus.Content(file), $"/in/{Path.GetFileName(file)}", options: new ImportOptions("/etc/wgns/x.toml", "x", hooks));

            Corpus.Said(Corpus.ReadAgain(import, "/etc/wgns/x.toml")).Should().Be(Corpus.Said(import.Config));
        }
    }

    [TestCaseSource(nameof(Files))]
    public void No_key_is_in_what_is_written_or_said(string file)
    {
        foreach (var hooks in new HookPlace?[] { null, HookPlace.Host })
        {
            var import = Corpus.Bytes(Corpus.Content(file), $"/in/{Path.GetFileName(file)}", options: new ImportOptions("/etc/wgns/x.toml", "x", hooks));
            var said = $"{import.Toml}{string.Join('\n', import.Notes)}{string.Join('\n', import.Diagnostics)}{import.Config}{string.Join('\n', import.Keys)}";

            import.Keys.Should().NotBeEmpty();
            foreach (var key in new[] { Corpus.Private, Corpus.OtherPrivate, Corpus.Preshared })
            {
                said.Should().NotContain(key);
            }
        }
    }

    [TestCaseSource(nameof(Files))]
    public void The_format_is_recognised_by_what_stands_in_the_file(string file) =>
        ForeignFormats.NameOf(ForeignFormats.Recognise(Corpus.Content(file), "/in/file")!.Value).Should().Be(Path.GetDirectoryName(file));

    [Test]
    public void Our_own_format_is_none_of_the_others()
    {
        var own = "ips = [\"10.0.0.2/32\"]\n[[interfaces]]\ninterfaceName = \"a\"\n"u8;

        ForeignFormats.Recognise(own, "/etc/wgns/vpn").Should().BeNull();
        ForeignFormats.Recognise("[Interface]\n"u8, "/etc/wgns/vpn.toml").Should().BeNull("it ends in .toml");
    }
}
