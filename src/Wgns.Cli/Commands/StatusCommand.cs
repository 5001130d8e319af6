using System.CommandLine;
using System.Text.Json;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Status;

namespace Wgns.Cli.Commands;

/// <summary>`wgns status [NAME] [--json]`</summary>
internal static class StatusCommand
{
    internal static Command Build()
    {
        var name = Shared.OptionalConfig("NAME", "the namespace (default: all)");
        Shared.CompleteNames(name);
        var json = new Option<bool>("--json") { Description = "print JSON, in the format that wgns(1) describes" };
        var command = new Command("status", "Show namespaces, their tunnels, and what drifted") { name, json };
        command.SetAction(result =>
        {
            var wanted = result.GetValue(name);
            if (wanted is not null && Rootless.Enter(wanted, endsWithUs: false) is { } status)
            {
                return status;
            }

            if (!Shared.IsRoot("status"))
            {
                Terminal.Error.WriteLine("  of your own, `wgns status NAME` tells; `wgns list` shows them");
                return ExitStatus.Failed;
            }

            using var host = Shared.Host();
            var names = new NamespaceView(host).Names();
            if (wanted is not null && !names.Contains(wanted))
            {
                return NotUp(wanted, result.GetValue(json));
            }

            // One that cannot be read must not hide the others.
            IReadOnlyList<string> asked = wanted is null ? names : [wanted];
            var found = Many.Each(asked, n => Terminal.Together(() => Read(n))).OfType<NamespaceStatus>().ToList();
            if (result.GetValue(json))
            {
                Terminal.Out.WriteLine(JsonSerializer.Serialize(
                    new StatusDocument(StatusReader.Version, [.. found]), StatusJson.Default.StatusDocument));
            }
            else if (found.Count > 0 || asked.Count == 0)
            {
                StatusText.Write(found, DateTimeOffset.UtcNow);
            }

            return found.Count == asked.Count && found.All(s => s.State == "up") ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    private static NamespaceStatus? Read(string name)
    {
        try
        {
            using var host = Shared.Host();
            var view = new NamespaceView(host);
            using var config = view.ConfigOf(name);
            return view.Status(name, config);
        }
        catch (Exception e) when (e is KernelException or OperationFailedException)
        {
            Terminal.Fail($"{name}: {e.Message}");
            return null;
        }
    }

    private static int NotUp(string name, bool json)
    {
        if (json)
        {
            var down = new NamespaceStatus(name, "down", string.Empty, null, null, false, false, [], [], []);
            Terminal.Out.WriteLine(JsonSerializer.Serialize(
                new StatusDocument(StatusReader.Version, [down]), StatusJson.Default.StatusDocument));
        }
        else
        {
            Shared.FailNotUp(name);
        }

        return ExitStatus.Failed;
    }
}
