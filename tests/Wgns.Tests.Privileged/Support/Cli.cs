using System.Diagnostics;
using System.Globalization;

namespace Wgns.Tests.Privileged;

/// <summary>The program as a user has it: $WGNS_BINARY, else the one that was built beside the tests.</summary>
internal static class Cli
{
    internal static string Binary { get; } = Environment.GetEnvironmentVariable("WGNS_BINARY") is { Length: > 0 } set && File.Exists(set)
        ? set
        : Path.Combine(AppContext.BaseDirectory, "Wgns.Cli");

    internal static Answer Run(params string[] arguments) => Ended(Start(arguments));

    internal static Answer RunIn(string directory, params string[] arguments) => Ended(new Running(Binary, arguments, directory));

    internal static Running Start(params string[] arguments) => new(Binary, arguments);

    private static Answer Ended(Running running)
    {
        using (running)
        {
            return running.End();
        }
    }

    /// <summary>It succeeds, or the test does not.</summary>
    internal static string Do(params string[] arguments)
    {
        var answer = Run(arguments);
        answer.Exit.Should().Be(0, "wgns {0} must work: {1}{2}", string.Join(' ', arguments), answer.Errors, answer.Output);
        return answer.Output;
    }
}

/// <param name="Exit">The exit status; 128 + N where signal N ended it.</param>
internal sealed record Answer(int Exit, string Output, string Errors)
{
    /// <summary>Everything that it said.</summary>
    internal string Words => Errors + Output;
}

/// <summary>A process of a test, with its output collected as it comes, so that it never waits for a reader.</summary>
internal sealed class Running : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly List<string> _lines = [];
    private readonly Task _output;
    private readonly string? _command;
    private int _isDisposed;

    internal Running(string program, IEnumerable<string> arguments, string? directory = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var words = arguments.ToList();
        _command = program == Cli.Binary || words.Contains(Cli.Binary) || environment?.Values.Contains(Cli.Binary) == true
            ? $"{program} {string.Join(' ', words)}"
            : null;
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? string.Empty,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
        _output = Task.Run(Collect);
    }

    internal int Pid => _process.Id;

    internal bool HasEnded => _process.HasExited;

    internal Running Say(string line)
    {
        _process.StandardInput.Write(line + "\n");
        _process.StandardInput.Flush();
        return this;
    }

    /// <summary>The first line that it prints from now on or has printed and that begins so.</summary>
    internal string Hear(string beginning, int seconds = 20)
    {
        var heard = Until.True(() => Line(beginning) is not null || _output.IsCompleted, seconds);
        return heard && Line(beginning) is { } line
            ? line
            : throw new AssertionException($"it never said '{beginning}', but: {Lines()}");
    }

    internal Running Signal(string name)
    {
        Tool.Run("kill", $"-{name}", Pid.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    internal Answer End(string? input = null, int seconds = 60)
    {
        if (input is not null)
        {
            _process.StandardInput.Write(input);
        }

        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(seconds)))
        {
            _process.Kill();
            throw new AssertionException($"it did not end: {Lines()}");
        }

        // An engine that kept our pipes would show here as a wait without end.
        Task.WaitAll([_output, _errors], TimeSpan.FromSeconds(10)).Should().BeTrue("nobody may keep the pipes open");
        return new Answer(_process.ExitCode, Lines(), _errors.Result);
    }

    public void Dispose()
    {
        // Twice is fine: a test may end what its lab owns.
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            if (_command is not null)
            {
                Transcript.Say(_command, Lines() + (_errors.Wait(TimeSpan.FromSeconds(1)) ? _errors.Result : "(somebody keeps its errors open)"));
            }
        }
    }

    private string? Line(string beginning)
    {
        lock (_lines)
        {
            return _lines.Find(l => l.StartsWith(beginning, StringComparison.Ordinal));
        }
    }

    internal string Lines()
    {
        lock (_lines)
        {
            return string.Concat(_lines.Select(l => l + "\n"));
        }
    }

    private void Collect()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }
}

/// <summary>Waits for what comes by itself.</summary>
internal static class Until
{
    internal static bool True(Func<bool> condition, int seconds = 10)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed.TotalSeconds > seconds)
            {
                return condition();
            }

            Thread.Sleep(10);
        }

        return true;
    }
}
