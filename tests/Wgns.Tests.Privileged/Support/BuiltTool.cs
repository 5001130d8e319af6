namespace Wgns.Tests.Privileged;

/// <summary>Programs under tests/tools, which the tests' build makes beside them.</summary>
internal static class BuiltTool
{
    internal static string Path(string name)
    {
        var output = TestContext.CurrentContext.TestDirectory.TrimEnd('/');
        var configuration = output.Split('/')[^2];
        var root = output[..output.IndexOf("/tests/", StringComparison.Ordinal)];
        var path = $"{root}/tests/tools/{name}/bin/{configuration}/net10.0/{name}";
        File.Exists(path).Should().BeTrue("the tests' build makes {0}", path);
        return path;
    }
}
