using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Wgns.Tests.Nix;

/// <summary>What the modules make, given to those who read it on a machine: wgns and systemd.</summary>
public sealed class ProgramTests
{
    /// <summary>Of services without a command.</summary>
    private const string Slip = "confinedByName";

    /// <summary>They have nothing to hold a program to.</summary>
    private static readonly string[] Empty = ["none", "switchedOff"];

    private string _directory = string.Empty;

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("wgns-nix-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    private static IEnumerable<string> CaseNames() => NixEvaluation.NamesIn("cases.nix").Except(Empty);

    private static IEnumerable<string> StartableNames() => CaseNames().Where(name => name != Slip);

    [Test]
    public void All_cases_but_the_empty_ones_have_a_file_and_units()
    {
        IEnumerable<string> Without(string part) => NixEvaluation.Cases.Where(c => c.Value![part]!.AsObject().Count == 0).Select(c => c.Key);
        Without("toml").Should().BeEquivalentTo(Empty);
        Without("units").Should().BeEquivalentTo(Empty);
        Without("unitFiles").Should().BeEquivalentTo(Empty);
        StartableNames().Should().Contain(["minimal", "two", "confined", "linked", "published", "withoutNscd"]);
    }

    [TestCaseSource(nameof(CaseNames))]
    public void Wgns_check_takes_every_file(string name)
    {
        foreach (var (file, value) in NixToml.Files(NixEvaluation.Cases[name]!))
        {
            var path = Path.Combine(_directory, Path.GetFileName(file));
            File.WriteAllText(path, NixToml.Text(value));
            // Rules for the flake that this one follows are what wgns is to refuse.
            var (exit, words) = Run(Program, ["check", "--no-secrets", path]);
            exit.Should().Be(name == "rulesOfTheOriginal" ? 2 : 0, words);
        }
    }

    private static IEnumerable<TestCaseData> Columns() => Verdicts.Columns();

    [TestCaseSource(nameof(Columns))]
    public void Wgns_check_says_of_a_value_what_the_module_says(int number, string verdict)
    {
        var table = Verdicts.Tables[number]!;
        var path = Path.Combine(_directory, "vpn.toml");
        File.WriteAllText(path, NixToml.Text(Verdicts.Settings(table, table[verdict]![0]!)));

        var (exit, words) = Run(Program, ["check", "--no-secrets", path]);

        exit.Should().Be(NixEvaluation.All["verdicts"]![number]![verdict]![0]!.GetValue<bool>() ? 0 : 2, words);
    }

    [TestCaseSource(nameof(StartableNames))]
    public void Systemd_takes_every_unit(string name)
    {
        var (exit, words) = Verify(name);
        words.Should().BeEmpty();
        exit.Should().Be(0);
    }

    [Test]
    public void Systemd_takes_no_service_without_a_command_of_which_the_module_warns()
    {
        var (exit, words) = Verify(Slip);
        exit.Should().NotBe(0);
        words.Should().Contain("instance@one.service: Service has no ExecStart=").And.Contain("transmision.service: Service has no ExecStart=");
    }

    private (int Exit, string Words) Verify(string name)
    {
        const string Analyzer = "/usr/bin/systemd-analyze";
        if (!File.Exists(Analyzer))
        {
            Assert.Ignore("there is no systemd-analyze here (Debian, Ubuntu: systemd)");
        }

        var started = WriteUnits(name);
        started.Should().NotBeEmpty();
        return Run(Analyzer, ["verify", "--man=no", .. started], ("SYSTEMD_UNIT_PATH", _directory + ":"));
    }

    private static string Program => Environment.GetEnvironmentVariable("WGNS_BINARY") is { Length: > 0 } set && File.Exists(set)
        ? set
        : Path.Combine(AppContext.BaseDirectory, "Wgns.Cli");

    /// <summary>The package's templates, the modules' drop-ins, and as many units as there are to start.</summary>
    private List<string> WriteUnits(string name)
    {
        foreach (var unit in Directory.EnumerateFiles(Path.Combine(NixEvaluation.Repository, "systemd"), "wgns*"))
        {
            Write(Path.GetFileName(unit), File.ReadAllText(unit)
                .Replace("@WGNS@", "/bin/true", StringComparison.Ordinal)
                .Replace("@MDWX@", "", StringComparison.Ordinal));
        }

        var result = NixEvaluation.Cases[name]!;
        var texts = result["unitFiles"]!.AsObject().Select(file => (Path: file.Key, Text: file.Value!.GetValue<string>()))
            .Concat(result["units"]!.AsObject().Select(unit => (Path: unit.Key, Text: unit.Value!["text"]!.GetValue<string>())))
            .ToList();
        foreach (var (path, text) in texts)
        {
            // The programs of the machine that it would be are not on this one.
            Write(Verifiable(path), Regex.Replace(Verifiable(text), "ExecStart=\\S+", "ExecStart=/bin/true"));
        }

        // verify(1) wants a file of each: an instance's is its template's.
        return
        [
            .. texts.Select(text => Verifiable(text.Path.Split(".d/")[0])).Distinct().Order(StringComparer.Ordinal)
                .Where(unit => !unit.EndsWith(".target", StringComparison.Ordinal))
                .Select(unit => unit.Contains('@', StringComparison.Ordinal) ? unit : Path.Combine(_directory, unit)),
        ];
    }

    /// <summary>verify(1) takes a colon in a unit's name for the beginning of an alias.</summary>
    private static string Verifiable(string text) =>
        Regex.Replace(text, @"wgns-publish-vpn:\S+?\.(socket|service)\b", name => name.Value.Replace(':', '_'));

    private void Write(string path, string text)
    {
        var whole = Path.Combine(_directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        File.WriteAllText(whole, text);
    }

    private static (int Exit, string Words) Run(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors.GetAwaiter().GetResult() + output);
    }
}
