using System.Text.Json;
using Wgns.Cli.Output;
using Wgns.Execution;
using Wgns.Linux.Processes;
using Wgns.Rootless;
using Wgns.Status;

namespace Wgns.Cli.Commands;

/// <summary>`wgns status` of who is not root: each namespace that the user keeps is asked from within, as `status NAME` does.</summary>
internal static class OwnStatus
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    internal static int Show(bool json)
    {
        var root = UserDirectory.Own();
        var names = new StateDirectory(RuntimePaths.Below(root)).List();
        var others = new StateDirectory(RuntimePaths.System).List();
        var found = names.Select(n => Told(root, n)).OfType<NamespaceStatus>().ToList();
        if (names.Count == 0 && others.Count > 0)
        {
            Terminal.Fail($"you have no namespace of your own, and the machine's take root: {string.Join(", ", others)}", "sudo wgns status");
            return ExitStatus.Failed;
        }

        StatusCommand.Write(found, json, isEmptyTold: names.Count == 0);
        if (!json && others.Count > 0)
        {
            Terminal.Out.WriteLine();
            Terminal.Out.WriteLine(OfTheMachine(others, "status"));
        }

        return found.Count == names.Count && found.All(s => s.State == "up") ? ExitStatus.Done : ExitStatus.Failed;
    }

    internal static string OfTheMachine(IEnumerable<string> names, string verb) => $"the machine's take root: {string.Join(", ", names)} (sudo wgns {verb})";

    /// <summary>Null where it could not be told, which has been said: it must not hide the others.</summary>
    private static NamespaceStatus? Told(string root, string name)
    {
        try
        {
            return Ask(root, name) ?? (HasEnded(root, name) ? Down(root, name) : null);
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            if (HasEnded(root, name))
            {
                return Down(root, name);
            }

            Terminal.Fail($"{name}: {e.Message}");
            return null;
        }
    }

    private static NamespaceStatus Down(string root, string name) =>
        StatusCommand.Down(name, new StateDirectory(RuntimePaths.Below(root)).Load(name)?.Config ?? string.Empty);

    /// <summary>A keeper that is ending cannot be entered any more, and counts as alive for some milliseconds.</summary>
    private static bool HasEnded(string root, string name)
    {
        for (var i = 0; i < 10 && Kept.KeeperOf(root, name) is not null; i++)
        {
            Pause.For(20_000);
        }

        return Kept.KeeperOf(root, name) is null;
    }

    private static NamespaceStatus? Ask(string root, string name)
    {
        if (Kept.KeeperOf(root, name) is not { } keeper)
        {
            return Down(root, name);
        }

        var (read, write) = Descriptors.Pipe();
        using (read)
        {
            ProcessIdentity child;
            using (write)
            {
                child = KeptEntry.Start(OwnProgram.Words(), ["status", "--json", name], root, keeper, endsWithUs: false, write);
            }

            var said = PipeLine.ReadAll(read);
            Command.WaitFor(child, EndLimit);
            return said.Length == 0 ? null : JsonSerializer.Deserialize(said, StatusJson.Default.StatusDocument)?.Namespaces.FirstOrDefault();
        }
    }
}
