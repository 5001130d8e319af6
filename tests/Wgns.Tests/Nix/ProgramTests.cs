using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Wgns.Tests.Nix;

/// <summary>What the modules make, given to those who read it on a machine: wgns and systemd.</summary>
public sealed class ProgramTests
{
    private string _directory = string.Empty;

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("wgns-nix-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    private static IEnumerable<string> CaseNames() => NixEvaluation.NamesIn("cases.nix");

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

    [TestCaseSource(nameof(CaseNames))]
    public void Systemd_takes_every_unit(string name)
    {
        if (!File.Exists("/usr/bin/systemd-analyze"))
        {
            Assert.Ignore("there is no systemd-analyze here (Debian, Ubuntu: systemd)");
        }

        if (name == "confinedByName")
        {
            Assert.Pass("what has no command is a slip, of which the module warns");
        }

        var started = WriteUnits(name);
        if (started.Count == 0)
        {
            Assert.Pass("there is no unit");
        }

        var (exit, words) = Run("/usr/bin/systemd-analyze", ["verify", "--man=no", .. started], ("SYSTEMD_UNIT_PATH", _directory + ":"));
        words.Should().BeEmpty();
        exit.Should().Be(0);
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
