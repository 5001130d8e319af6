using System.CommandLine;
using System.Text.Json;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Status;

namespace Wgns.Cli.Commands;

/// <summary>`wgns list`</summary>
internal static class ListCommand
{
    internal static Command Build()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command = new Command("list", "List the namespaces that wgns made") { json };
        command.SetAction(result =>
        {
            if (!Shared.IsRoot("list"))
            {
                return ExitStatus.Failed;
            }

            using var host = Shared.Host();
            var entries = new NamespaceView(host).List();
            if (result.GetValue(json))
            {
                Terminal.Out.WriteLine(JsonSerializer.Serialize(
                    new ListDocument(StatusReader.Version, entries), StatusJson.Default.ListDocument));
                return ExitStatus.Done;
            }

            var width = entries.Select(e => e.Name.Length).DefaultIfEmpty(0).Max();
            foreach (var entry in entries)
            {
                Terminal.Out.WriteLine($"{entry.Name.PadRight(width)}  {entry.State,-6}  {string.Join(',', entry.Interfaces)}  {entry.Config}".TrimEnd());
            }

            return ExitStatus.Done;
        });
        return command;
    }
}
