using System.Diagnostics;

namespace Wgns.Tests.Privileged;

/// <summary>The machine's own tools, as witnesses. Never called on a netns thread.</summary>
internal static class Tool
{
    internal sealed record Answer(int Exit, string Output, string Errors);

    internal static Answer Ask(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            process.Kill();
            throw new TimeoutException($"{program} did not end");
        }

        return new Answer(process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    internal static bool IsThere(string program) => Ask("sh", "-c", $"command -v {program}").Exit == 0;

    /// <summary>Ignores the test where there is no such program; .ci/allowed-skips tells by the words whether that is a fault.</summary>
    internal static void Needs(string program, string? words = null)
    {
        if (!IsThere(program))
        {
            Assert.Ignore(words ?? $"{program} is not installed");
        }
    }

    /// <summary>What the tool printed; it must succeed.</summary>
    internal static string Run(string program, params string[] arguments)
    {
        var answer = Ask(program, arguments);
        answer.Exit.Should().Be(0, "{0} {1} must work: {2}", program, string.Join(' ', arguments), answer.Errors);
        return answer.Output;
    }
}
