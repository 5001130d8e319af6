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

    /// <summary>What the tool printed; it must succeed.</summary>
    internal static string Run(string program, params string[] arguments)
    {
        var answer = Ask(program, arguments);
        answer.Exit.Should().Be(0, "{0} {1} must work: {2}", program, string.Join(' ', arguments), answer.Errors);
        return answer.Output;
    }
}
