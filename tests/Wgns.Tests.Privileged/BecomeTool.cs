namespace Wgns.Tests.Privileged;

/// <summary>tests/tools/become, which does to itself what a test's own process must not.</summary>
internal static class BecomeTool
{
    internal static string Path { get; } = Find();

    private static string Find()
    {
        // The native build of the tool can be put through the same tests.
        if (Environment.GetEnvironmentVariable("WGNS_TESTS_BECOME") is { } native)
        {
            return native;
        }

        return BuiltTool.Path("become");
    }
}
