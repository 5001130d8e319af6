using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Rootless;
using Wgns.Status;

namespace Wgns.Cli.Commands;

/// <summary>`wgns list`</summary>
internal static class ListCommand
{
    internal static Command Build()
    {
        var json = Shared.Json();
        var command = new Command("list", "List the namespaces that wgns made") { json };
        command.SetAction(result =>
        {
            var entries = Entries();
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

    /// <summary>Root's are the machine's; everybody else's their own.</summary>
    private static ImmutableArray<ListEntry> Entries()
    {
        if (Shared.IsPlainUser)
        {
            return Kept.List(UserDirectory.Path);
        }

        using var host = Shared.Host();
        return new NamespaceView(host).List();
    }
}
