using System.Collections.Immutable;
using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Execution;
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
                Terminal.Out.WriteLine(JsonText.Of(new ListDocument(StatusReader.Version, entries), StatusJson.Default.ListDocument));
                return ExitStatus.Done;
            }

            foreach (var line in Lines(entries))
            {
                Terminal.Out.WriteLine(line);
            }

            // Those that a hint of `exec` or `down` sends here for; a script that reads the list is not to take the line for a namespace.
            if (Shared.IsPlainUser && new StateDirectory(RuntimePaths.System).List() is { Count: > 0 } others)
            {
                Terminal.Error.WriteLine(OwnStatus.OfTheMachine(others, "list"));
            }

            return ExitStatus.Done;
        });
        return command;
    }

    /// <summary>Each a line, with the columns one below the other.</summary>
    internal static IEnumerable<string> Lines(ImmutableArray<ListEntry> entries)
    {
        var rows = entries.Select(e => (string[])[e.Name, e.State, string.Join(',', e.Interfaces)]).ToList();
        int[] widths = [.. Enumerable.Range(0, 3).Select(c => rows.Select(r => r[c].Length).DefaultIfEmpty(0).Max())];
        return entries.Zip(rows, (entry, row) => $"{string.Join("  ", row.Select((cell, c) => cell.PadRight(widths[c])))}  {entry.Config}".TrimEnd());
    }

    /// <summary>Root's are the machine's; everybody else's their own.</summary>
    private static ImmutableArray<ListEntry> Entries()
    {
        if (Shared.IsPlainUser)
        {
            return Kept.List(UserDirectory.Own());
        }

        using var host = Shared.Host();
        return new NamespaceView(host).List();
    }
}
