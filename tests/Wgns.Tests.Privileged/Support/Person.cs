using System.Globalization;
using Wgns.Linux.Processes;

namespace Wgns.Tests.Privileged;

/// <summary>An ordinary user with a lab's configuration and directories of their own, which nobody has on a machine.</summary>
internal sealed class Person : IDisposable
{
    internal const int Uid = 64321;
    private readonly Lab _lab;
    private readonly string _program;

    internal Person(Lab lab)
    {
        _lab = lab;
        Runtime = Path.Combine(lab.Directory, "run");
        System.IO.Directory.CreateDirectory(Runtime, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // A tree in somebody's home may be closed to others. What is not native has files beside it, and stays there.
        _program = Cli.Binary.EndsWith("Wgns.Cli", StringComparison.Ordinal) ? Cli.Binary : Path.Combine(lab.Directory, "wgns");
        if (_program != Cli.Binary)
        {
            File.Copy(Cli.Binary, _program);
        }

        lab.Own(this);
        Own();
    }

    internal string Runtime { get; }

    internal string Program => _program;

    internal string Root => Path.Combine(Runtime, "wgns");

    private string Ready => Path.Combine(_lab.Directory, "ready");

    /// <summary>A program that the person can execute, wherever it was built.</summary>
    internal string Copy(string program)
    {
        var copy = Path.Combine(_lab.Directory, Path.GetFileName(program));
        File.Copy(program, copy, overwrite: true);
        Own();
        return copy;
    }

    /// <summary>After the configuration was written anew.</summary>
    internal void Own() => Tool.Run("chown", "-R", $"{Text(Uid)}:{Text(Uid)}", _lab.Directory);

    internal Running Start(params string[] command) => Within.Start(
        _lab.Host,
        ["setpriv", "--reuid", Text(Uid), "--regid", Text(Uid), "--clear-groups", .. command],
        _lab.Directory,
        new Dictionary<string, string?> { ["XDG_RUNTIME_DIR"] = Runtime, ["HOME"] = _lab.Directory, ["WGNS_TEST"] = Cli.Binary });

    internal Running Wgns(params string[] arguments) => Start([_program, .. arguments]);

    internal Answer Ask(params string[] arguments)
    {
        using var running = Wgns(arguments);
        return running.End();
    }

    internal string Do(params string[] arguments)
    {
        var answer = Ask(arguments);
        answer.Exit.Should().Be(0, "wgns {0} must work: {1}", string.Join(' ', arguments), answer.Words);
        return answer.Output;
    }

    /// <summary>`run` of the lab's configuration.</summary>
    internal Answer Inside(params string[] command) => Ask(["run", _lab.Config, "--", .. command]);

    /// <summary>`attach` of the lab's configuration to a process; <see cref="AwaitAttached"/> tells when its tunnel stands.</summary>
    /// <param name="untilInputEnds">Whether it ends as slirp4netns does, by --exit-fd: its other end is what we say to the shell.</param>
    /// <param name="then">What the shell does when it has ended; null: it takes the shell's place, so that its end is its own.</param>
    internal Running Attach(int pid, bool untilInputEnds = false, string? then = null)
    {
        File.Delete(Ready);
        var (exit, input) = untilInputEnds ? ("--exit-fd 6", "6<&0") : (string.Empty, string.Empty);
        var attach = $"\"$0\" attach --pid {Text(pid)} --ready-fd 5 {exit} \"$1\" 5>\"$2\" {input} </dev/null";
        return Start("sh", "-c", then is null ? $"exec {attach}" : $"{attach}; {then}", _program, _lab.Config, Ready);
    }

    internal void AwaitAttached() => Until.True(() => File.Exists(Ready) && File.ReadAllText(Ready) == "1", 20)
        .Should().BeTrue("--ready-fd is written when the tunnel stands");

    /// <summary>The user's processes with such a command line, the first that was started first: pids begin anew at some time.</summary>
    internal static IReadOnlyList<int> Processes(string containing) =>
    [
        .. Tool.Ask("pgrep", "-u", Text(Uid), "-f", containing).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => int.Parse(l, CultureInfo.InvariantCulture))
            .Where(p => Machine.Link($"/proc/{Text(p)}/exe") is not null)
            .OrderBy(p => ProcessIdentity.Of(p)?.StartTime).ThenBy(p => p),
    ];

    /// <summary>The engines of this lab's tunnels.</summary>
    internal IReadOnlyList<int> Engines() => Processes("__engine.*" + _lab.Directory);

    /// <summary>The one that there is.</summary>
    internal int Engine() => Engines().Should().ContainSingle().Subject;

    /// <summary>Waits until another is in the place of one that was killed. Its tunnel need not stand yet.</summary>
    internal void AwaitAnotherEngine(int old) =>
        Until.True(() => Engines() is [var other] && other != old).Should().BeTrue("an engine that is killed is started anew");

    internal static void Kill(int pid) => Tool.Run("kill", "-9", Text(pid));

    /// <summary>Nobody of this lab runs any more.</summary>
    internal bool HasNobody() => Until.True(() => Processes(_lab.Directory).Count == 0);

    /// <summary>Files that runs have left.</summary>
    internal IEnumerable<string> Files() => System.IO.Directory.EnumerateFileSystemEntries(Runtime, "*", SearchOption.AllDirectories);

    /// <summary>Whether <see cref="Files"/> becomes empty: who is asked may still be removing them.</summary>
    internal bool LeavesNoFile() => Until.True(() =>
    {
        try
        {
            return !Files().Any();
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    });

    public void Dispose()
    {
        foreach (var left in Processes(_lab.Directory))
        {
            Tool.Ask("kill", "-9", Text(left));
        }

        HasNobody();
    }

    internal static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
