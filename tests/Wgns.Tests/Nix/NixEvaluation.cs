using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Wgns.Tests.Nix;

/// <summary>
/// What tests/nix says of the modules, evaluated by nix-instantiate. Nothing is built and no store is written to, so it
/// needs neither root nor a network.
/// </summary>
internal static partial class NixEvaluation
{
    private static readonly Lazy<JsonNode> WithStandIn = new(() => Evaluate("import ./tests/nix { }"));
    private static readonly Lazy<JsonNode> WithNixpkgs = new(() => Evaluate($"import ./tests/nix {{ lib = {NixpkgsLib()}; }}"));

    private static readonly Lazy<JsonNode> WithNixos = new(() => Evaluate($"import ./tests/nix/system.nix {{ nixpkgs = {Nixpkgs()}; }}"));

    /// <summary>With the stand-in for nixpkgs' lib that is in tests/nix.</summary>
    internal static JsonNode All => WithStandIn.Value;

    /// <summary>With nixpkgs' own lib, of $NIXPKGS_LIB or of the search path.</summary>
    internal static JsonNode AllWithNixpkgs => WithNixpkgs.Value;

    /// <summary>Of NixOS' own modules, of the same nixpkgs.</summary>
    internal static JsonNode Systems => WithNixos.Value;

    internal static JsonObject Cases => (JsonObject)All["cases"]!;

    /// <summary>The repository: the modules and README.md are read where they are.</summary>
    internal static string Repository { get; } = FindRepository();

    /// <summary>What a set in a file of tests/nix has, by its text: each is a test of its own also where there is no nix.</summary>
    internal static IEnumerable<string> NamesIn(string file) =>
        File.ReadLines(Path.Combine(Repository, "tests/nix", file))
            .SkipWhile(line => line != "in")
            .Select(line => Name().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .Distinct();

    /// <summary>An expression's value, evaluated in the repository.</summary>
    internal static JsonNode Evaluate(string expression)
    {
        var (exit, output, errors) = Run("--eval", "--strict", "--json", "-E", expression);
        exit.Should().Be(0, "nix must evaluate it: {0}", errors);
        return JsonNode.Parse(output)!;
    }

    internal static (int Exit, string Output, string Errors) Run(params string[] arguments)
    {
        if (FindProgram() is not { } program)
        {
            Assert.Ignore("there is no nix-instantiate here (Debian, Ubuntu: nix-bin)");
            throw new UnreachableException();
        }

        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A store that is not there: otherwise nix would make /nix, and ordinary users may not.
        start.Environment["NIX_REMOTE"] = "dummy://";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    /// <summary>An expression for nixpkgs' lib; the test is skipped where there is none.</summary>
    internal static string NixpkgsLib()
    {
        if (Environment.GetEnvironmentVariable("NIXPKGS_LIB") is { Length: > 0 } path)
        {
            // A checkout of nixpkgs, or of its lib alone, or the folder lib of either.
            var folder = Directory.Exists(Path.Combine(path, "lib")) ? Path.Combine(path, "lib") : path;
            File.Exists(Path.Combine(folder, "default.nix")).Should().BeTrue("NIXPKGS_LIB is {0}, so nixpkgs' lib must be there", path);
            return $"import {Path.GetFullPath(folder)}";
        }

        if (Run("--eval", "-E", "builtins.pathExists <nixpkgs/lib>").Output.Trim() != "true")
        {
            Assert.Ignore("no nixpkgs: neither NIXPKGS_LIB nor <nixpkgs> names one");
        }

        return "import <nixpkgs/lib>";
    }

    /// <summary>An expression for the path of nixpkgs with its folder nixos; the test is skipped where there is none.</summary>
    private static string Nixpkgs()
    {
        if (Environment.GetEnvironmentVariable("NIXPKGS_LIB") is { Length: > 0 } path)
        {
            if (!File.Exists(Path.Combine(path, "nixos/lib/eval-config.nix")))
            {
                Assert.Ignore("no nixpkgs with NixOS: NIXPKGS_LIB names its lib alone");
            }

            return Path.GetFullPath(path);
        }

        if (Run("--eval", "-E", "builtins.pathExists <nixpkgs/nixos>").Output.Trim() != "true")
        {
            Assert.Ignore("no nixpkgs: neither NIXPKGS_LIB nor <nixpkgs> names one");
        }

        return "<nixpkgs>";
    }

    private static string? FindProgram() =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
            .Append("/nix/var/nix/profiles/default/bin")
            .Select(directory => Path.Combine(directory, "nix-instantiate"))
            .FirstOrDefault(File.Exists);

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Wgns.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException($"there is no Wgns.sln above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex(@"^  ([A-Za-z][A-Za-z0-9-]*)(?:\.| =)")]
    private static partial Regex Name();
}
