using System.Runtime.CompilerServices;

namespace Wgns.Tests;

/// <summary>Texts that are compared with files under tests/data. WGNS_GOLDEN=1 writes them anew, to be looked at in the diff.</summary>
internal static class Golden
{
    internal static void Compare(string file, string text, [CallerFilePath] string here = "")
    {
        var tests = here[..(here.LastIndexOf("/Wgns.Tests/", StringComparison.Ordinal) + 1)];
        var path = $"{tests}data/{file}";
        if (Environment.GetEnvironmentVariable("WGNS_GOLDEN") == "1")
        {
            File.WriteAllText(path, text);
        }

        text.Should().Be(File.ReadAllText(path), "tests/data/{0} has it so", file);
    }
}
