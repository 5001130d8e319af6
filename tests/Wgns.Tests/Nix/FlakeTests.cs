using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Wgns.Tests.Nix;

/// <summary>What the flake and the package say, as far as it can be said without nixpkgs.</summary>
public sealed partial class FlakeTests
{
    private static readonly Lazy<JsonNode> Outputs =
        new(() => NixEvaluation.Evaluate("import ./tests/nix/flake-outputs.nix { lib = import ./tests/nix/lib.nix; }"));

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(item => item!.GetValue<string>())];

    [TestCase("packages", "default", "wgns")]
    [TestCase("apps", "default", "wgns")]
    [TestCase("devShells", "default")]
    [TestCase("checks", "package", "modules", "tunnel", "leak", "confinement", "publish", "restart", "endpoint")]
    public void The_flake_has_the_same_for_both_systems(string output, params string[] names)
    {
        Outputs.Value[output]!.AsObject().Select(system => system.Key).Should().BeEquivalentTo("x86_64-linux", "aarch64-linux");
        foreach (var (_, attributes) in Outputs.Value[output]!.AsObject())
        {
            Texts(attributes).Should().BeEquivalentTo(names);
        }
    }

    [Test]
    public void The_flake_has_a_module_an_overlay_a_formatter_and_a_program()
    {
        Texts(Outputs.Value["modules"]).Should().BeEquivalentTo("default", "wireguard-namespace");
        Outputs.Value["modulesArePaths"]!.GetValue<bool>().Should().BeTrue("nixpkgs tells modules apart by their paths");
        Texts(Outputs.Value["overlay"]).Should().BeEquivalentTo("wgns");
        Texts(Outputs.Value["formatter"]).Should().HaveCount(2);
        Outputs.Value["program"]!.GetValue<string>().Should().EndWith("-wgns/bin/wgns");
        Texts(Outputs.Value["tests"]).Should().HaveCount(6).And.OnlyHaveUniqueItems();
        Outputs.Value["package"]!["withoutFlakes"]!.GetValue<string>().Should().Be("wgns");
    }

    /// <summary>The names that the sources have are what the package replaces, or it would not build.</summary>
    [TestCase("src/Wgns.Linux/Nftables/Libnftables.cs", "libnftables.so.1")]
    [TestCase("src/Wgns.Linux/Libcrypto/OpenSsl.cs", "libcrypto.so.3")]
    public void The_package_finds_its_libraries_by_absolute_path(string file, string library)
    {
        var patch = Outputs.Value["package"]!["postPatch"]!.GetValue<string>();
        patch.Should().MatchRegex($"substituteInPlace {file} [^;]*--replace-fail '\"{library}\"' '\"/nix/store/[^']*/lib/{library}\"'");
        File.ReadAllText(Path.Combine(NixEvaluation.Repository, file)).Split($"\"{library}\"").Should().HaveCount(2, "{0} names it once", file);
    }

    [Test]
    public void The_package_has_the_version_of_the_program()
    {
        var version = typeof(Wgns.Configuration.KnownKeys).Assembly.GetName().Version!;
        Outputs.Value["package"]!["version"]!.GetValue<string>().Should().Be(version.ToString(3));
    }

    /// <summary>A name that buildDotnetModule and mkDerivation do not know would be taken, and do nothing.</summary>
    [Test]
    public void The_package_asks_for_nothing_that_nixpkgs_does_not_know() =>
        Texts(Outputs.Value["package"]!["arguments"]).Should().BeSubsetOf(
        [
            "dotnet-sdk", "dotnet-runtime", "projectFile", "testProjectFile", "nugetDeps", "selfContainedBuild", "dotnetFlags", "executables",
            "pname", "version", "src", "nativeBuildInputs", "buildInputs", "postPatch", "doCheck", "postInstall", "meta",
        ]);

    /// <summary>What was restored for the tests that are running, the program's packages among them.</summary>
    [Test]
    public void Deps_json_lists_every_package_that_is_restored_with_its_hash()
    {
        var assets = JsonNode.Parse(File.ReadAllText(Path.Combine(NixEvaluation.Repository, "tests/Wgns.Tests/obj/project.assets.json")))!;
        var folder = assets["packageFolders"]!.AsObject().First().Key;
        var restored = assets["libraries"]!.AsObject()
            .Where(library => library.Value!["type"]!.GetValue<string>() == "package")
            .ToDictionary(library => library.Key, library => Path.Combine(folder, library.Value!["path"]!.GetValue<string>()));
        var listed = JsonNode.Parse(File.ReadAllText(Path.Combine(NixEvaluation.Repository, "nix/deps.json")))!.AsArray()
            .ToDictionary(package => $"{package!["pname"]}/{package["version"]}", package => package!["hash"]!.GetValue<string>());

        restored.Keys.Where(name => !OfTheSdk().IsMatch(name)).Should().BeEquivalentTo(listed.Keys.Where(name => !OfTheSdk().IsMatch(name)));
        foreach (var (name, hash) in listed.Where(package => restored.ContainsKey(package.Key)))
        {
            var (id, version) = (name.Split('/')[0].ToLowerInvariant(), name.Split('/')[1]);
            var package = Path.Combine(restored[name], $"{id}.{version}.nupkg");
            if (File.Exists(package))
            {
                hash.Should().Be("sha256-" + Convert.ToBase64String(SHA256.HashData(File.ReadAllBytes(package))), "it is the hash of {0}", name);
            }
        }
    }

    /// <summary>nixpkgs has them with its SDK; what it has for the other system alone, the command that renews the list puts into it.</summary>
    [GeneratedRegex(@"^(runtime\..+\.)?Microsoft\.(NETCore\.App\.|AspNetCore\.App\.|NET\.ILLink\.Tasks/|DotNet\.ILCompiler/)")]
    private static partial Regex OfTheSdk();
}
