using System.Collections.Immutable;
using Wgns.Diagnostics;
using Wgns.Toml;

namespace Wgns.Configuration;

/// <summary>Reads the [hooks] of a namespace.</summary>
internal static class HooksReader
{
    /// <summary>The words of the key <c>where</c>.</summary>
    internal static readonly Dictionary<string, HookPlace> Places = new()
    {
        ["host"] = HookPlace.Host,
        ["namespace"] = HookPlace.Namespace,
    };

    internal static HooksConfig Read(TableReader owner, List<Diagnostic> diagnostics)
    {
        if (owner.Table("hooks") is not { } toml)
        {
            return HooksConfig.None;
        }

        var table = new TableReader(toml, "the hooks", KnownKeys.Hooks, diagnostics);
        return new HooksConfig
        {
            PreUp = Commands(table, "preUp", diagnostics),
            PostUp = Commands(table, "postUp", diagnostics),
            PreDown = Commands(table, "preDown", diagnostics),
            PostDown = Commands(table, "postDown", diagnostics),
        };
    }

    private const string Example = "{ command = \"logger tunnel up\", where = \"host\" }";

    private static ImmutableArray<HookCommand> Commands(TableReader hooks, string key, List<Diagnostic> diagnostics)
    {
        var commands = ImmutableArray.CreateBuilder<HookCommand>();
        foreach (var toml in hooks.Tables(key, $"write {key} = [{Example}]"))
        {
            var table = new TableReader(toml, "a hook", KnownKeys.Hook, diagnostics);
            var where = table.Choice("where", Places) ?? HookPlace.Namespace;
            if (table.String("command") is not { } command)
            {
                if (!table.Has("command"))
                {
                    table.Error(table.Span, $"a hook of {key} has no command", $"like {Example}");
                }
            }
            else if (string.IsNullOrWhiteSpace(command.Value))
            {
                table.Error(command.Span, $"a hook of {key} has an empty command");
            }
            else if (command.Value.Contains('\0', StringComparison.Ordinal))
            {
                table.Error(command.Span, $"a hook of {key} holds a NUL character, which no command can");
            }
            else
            {
                commands.Add(new HookCommand(command.Value, where));
            }
        }

        return commands.ToImmutable();
    }
}
