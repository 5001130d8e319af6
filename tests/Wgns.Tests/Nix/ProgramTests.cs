using System.Diagnostics;

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

    [TestCaseSource(nameof(CaseNames))]
    public void Systemd_takes_every_unit(string name)
    {
        if (!File.Exists("/usr/bin/systemd-analyze"))
        {
            Assert.Ignore("there is no systemd-analyze here (Debian, Ubuntu: systemd)");
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
        foreach (var (path, text) in result["dropIns"]!.AsObject())
        {
            Write(path["etc/systemd/system/".Length..], text!.GetValue<string>());
        }

        var units = result["units"]!.AsObject();
        foreach (var (path, unit) in units)
        {
            Write(path, unit!["text"]!.GetValue<string>());
        }

        // verify(1) wants a file of each: an instance's is its template's.
        return
        [
            .. units.Select(unit => unit.Key.Split(".d/")[0]).Where(unit => !unit.EndsWith(".target", StringComparison.Ordinal))
                .Select(unit => unit.Contains('@', StringComparison.Ordinal) ? unit : Path.Combine(_directory, unit)),
        ];
    }

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
