using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Linux.Namespaces;
using Wgns.Status;

namespace Wgns.Cli.Commands;

/// <summary>`wgns status [NAME] [--json]`</summary>
internal static class StatusCommand
{
    internal static Command Build()
    {
        var name = Shared.OptionalConfig("NAME", "the namespace (default: all)");
        var json = Shared.Json();
        var command = new Command("status", "Show namespaces, their tunnels, and what drifted") { name, json };
        command.SetAction(result =>
        {
            var wanted = result.GetValue(name);
            if (wanted is not null && Rootless.Enter(wanted, endsWithUs: false) is { } status)
            {
                return status;
            }

            if (wanted is null && Shared.IsPlainUser)
            {
                return OwnStatus.Show(result.GetValue(json));
            }

            using var host = Shared.Host();
            if (wanted is not null && !host.Store.Has(wanted))
            {
                return NotUp(wanted, result.GetValue(json));
            }

            // One that cannot be read must not hide the others.
            IReadOnlyList<string> asked = wanted is null ? new NamespaceView(host).Names() : [wanted];
            var processes = new ProcessSurvey();
            var found = Many.Each(asked, n => Terminal.Together(() => Read(n, processes))).OfType<NamespaceStatus>().ToList();
            Write(found, result.GetValue(json), isEmptyTold: asked.Count == 0);
            return found.Count == asked.Count && found.All(s => s.State == "up") ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    /// <param name="isEmptyTold">Whether people are told that there is none.</param>
    internal static void Write(IReadOnlyList<NamespaceStatus> found, bool json, bool isEmptyTold)
    {
        if (json)
        {
            Terminal.Out.WriteLine(JsonText.Of(new StatusDocument(StatusReader.Version, [.. found]), StatusJson.Default.StatusDocument));
        }
        else if (found.Count > 0 || isEmptyTold)
        {
            StatusText.Write(found, DateTimeOffset.UtcNow);
        }
    }

    /// <summary>One of which there is only a record, or not even that.</summary>
    internal static NamespaceStatus Down(string name, string config) => new(name, "down", config, null, null, false, false, [], [], []);

    private static NamespaceStatus? Read(string name, ProcessSurvey processes)
    {
        try
        {
            using var host = Shared.Host();
            var view = new NamespaceView(host);
            using var config = view.ConfigOf(name);
            return view.Status(name, config, processes);
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            Terminal.Fail($"{name}: {e.Message}");
            return null;
        }
    }

    private static int NotUp(string name, bool json)
    {
        if (json)
        {
            Write([Down(name, string.Empty)], json, isEmptyTold: false);
        }
        else
        {
            Shared.FailNotUp(name);
        }

        return ExitStatus.Failed;
    }
}
