using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Wgns.Tests.Privileged.Demo;

/// <summary>`wgns demo` as a process: out/wgns where WGNS_BINARY names it, else the build beside the tests.</summary>
internal sealed class DemoProgram : IDisposable
{
    /// <summary>In the environment of whatever the demo starts, so that the test finds what outlives it.</summary>
    private readonly string _marker = $"WGNS_DEMO_TEST={Guid.NewGuid():N}";

    private readonly HashSet<string> _socketsBefore = Sockets();
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    internal DemoProgram(params (string Name, string Value)[] variables)
    {
        var info = new ProcessStartInfo("sh", ["-c", "exec " + CommandLine]);
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        info.Environment["LC_ALL"] = "C.UTF-8";
        var (key, value) = (_marker.Split('=')[0], _marker.Split('=')[1]);
        info.Environment[key] = value;
        foreach (var (name, text) in variables)
        {
            info.Environment[name] = text;
        }

        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, e) => Add(e.Data);
        _process.ErrorDataReceived += (_, e) => Add(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>For sh(1).</summary>
    internal static string CommandLine =>
        Environment.GetEnvironmentVariable("WGNS_BINARY") is { Length: > 0 } binary
            ? $"'{binary}' demo"
            : $"dotnet '{Path.Combine(AppContext.BaseDirectory, "Wgns.Cli.dll")}' demo";

    internal string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    internal void WaitFor(string words)
    {
        var clock = Stopwatch.StartNew();
        while (!Output.Contains(words, StringComparison.Ordinal))
        {
            (clock.Elapsed < TimeSpan.FromSeconds(20) && !_process.HasExited).Should().BeTrue("\"{0}\" must come in {1}", words, Output);
            Thread.Sleep(2);
        }
    }

    internal void Signal(string name) => Tool.Run("kill", $"-{name}", $"{_process.Id}");

    internal int End()
    {
        _process.WaitForExit(TimeSpan.FromSeconds(30)).Should().BeTrue("the demo must end: {0}", Output);
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Everything of a demo's that is there now, in words.</summary>
    internal List<string> Remains()
    {
        List<string> found =
        [
            .. Tool.Run("ip", "netns", "list").Split('\n').Where(l => l.StartsWith("wgns-demo", StringComparison.Ordinal)),
            .. Tool.Run("ip", "-br", "link").Split('\n').Where(l => l.StartsWith("wgnsd-", StringComparison.Ordinal)),
            .. Entries("/run", "wgns-demo.*"),
            .. Entries("/run/wgns", "wgns-demo*"),
            .. Entries("/run/wgns", ".demo*"),
            .. Entries("/etc/netns", "wgns-demo*"),
            .. Entries("/var/run/wireguard", "wgns-demo*"),
            .. Sockets().Except(_socketsBefore).Where(IsDead),
            .. Directory.EnumerateDirectories("/proc").Where(IsMarked).Select(p => $"process {Path.GetFileName(p)}"),
        ];
        return found;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static IEnumerable<string> Entries(string directory, string pattern) =>
        Directory.Exists(directory) ? Directory.EnumerateFileSystemEntries(directory, pattern) : [];

    /// <summary>Engines that wgns starts all have such names, also those of other tests beside this one.</summary>
    private static HashSet<string> Sockets() => [.. Entries("/var/run/wireguard", "wgns-????????.sock")];

    /// <summary>A socket that nobody listens on, and that nobody is about to listen on or to remove.</summary>
    private static bool IsDead(string path)
    {
        if (!Refuses(path))
        {
            return false;
        }

        Thread.Sleep(500);
        return Refuses(path);
    }

    private static bool Refuses(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private bool IsMarked(string process)
    {
        try
        {
            return int.TryParse(Path.GetFileName(process), out _)
                && Encoding.UTF8.GetString(File.ReadAllBytes(process + "/environ")).Contains(_marker, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it ended while we looked
        }
    }

    private void Add(string? line)
    {
        lock (_output)
        {
            _output.Append(line).Append('\n');
        }
    }
}
