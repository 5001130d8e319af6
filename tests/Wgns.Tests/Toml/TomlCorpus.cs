using System.Text;
using Wgns.Toml;

namespace Wgns.Tests.Toml;

/// <summary>The files of tests/data/toml, which the build copies beside the tests.</summary>
internal static class TomlCorpus
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "data", "toml");

    public static IEnumerable<string> Valid() => Names("valid");

    public static IEnumerable<string> Invalid() => Names("invalid");

    public static byte[] Read(string kind, string name, string extension = ".toml") =>
        File.ReadAllBytes(Path.Combine(Root, kind, name + extension));

    public static TomlDocument Parse(string text) => TomlDocument.Parse(Encoding.UTF8.GetBytes(text), "t.toml");

    /// <summary>The root of a text that must be valid.</summary>
    public static TomlTable ParseValid(string text)
    {
        var document = Parse(text);
        document.Diagnostics.Should().BeEmpty();
        return document.Root;
    }

    private static IEnumerable<string> Names(string kind) =>
        Directory.EnumerateFiles(Path.Combine(Root, kind), "*.toml")
            .Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Order(StringComparer.Ordinal);
}
