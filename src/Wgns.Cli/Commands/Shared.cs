using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Firewall;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.WireGuard;
using Wgns.Resolution;
using Wgns.Rootless;

namespace Wgns.Cli.Commands;

/// <summary>What several verbs take and need.</summary>
internal static class Shared
{
    internal static Argument<string> Config() => NoOption(new Argument<string>("CONFIG")
    {
        Description = "a path, or NAME for /etc/wgns/NAME.toml",
    });

    internal static Argument<string?> OptionalConfig(string name, string description) => NoOption(new Argument<string?>(name)
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
    });

    internal static Argument<string> Name() => NoOption(new Argument<string>("NAME") { Description = "the namespace" });

    internal static Option<bool> Json() => new("--json") { Description = "print JSON, in the format that wgns(1) describes" };

    internal static Option<bool> Verbose() => new("--verbose", "-v") { Description = "print each operation with the time it took" };

    /// <summary>A mistyped option would else be looked for as a file, and a script's empty variable as a name.</summary>
    internal static Argument<T> NoOption<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && token.Value.StartsWith('-'))
            {
                result.AddError(UsageErrors.NoOption(token.Value, UsageErrors.CommandOf(result)));
            }
            else if (result.Tokens.Any(t => t.Value.Length == 0))
            {
                result.AddError($"{argument.Name} is empty");
            }
        });
        return argument;
    }

    /// <summary>The names of state files, which everybody may list: the machine's, and those that the user keeps.</summary>
    internal static IEnumerable<string> NamesThatStand()
    {
        RuntimePaths[] places = Environment.IsPrivilegedProcess ? [RuntimePaths.System] : [RuntimePaths.Below(UserDirectory.Path), RuntimePaths.System];

        // A directory below /tmp may be anybody's, and what is offered to a shell becomes its words.
        return places.SelectMany(place => new Execution.StateDirectory(place).List()).Where(n => Configuration.Names.NamespaceProblem(n) is null).Distinct();
    }

    internal static Option<bool> Adopt() => new("--adopt")
    {
        Description = "take over a namespace of that name that wgns did not make",
    };

    internal static ConfigLoader Loader() => new(RulesDryRun.Run);

    /// <summary>The system's, or those that we were put among, with this very program as the embedded engine.</summary>
    internal static RuntimePaths Runtime { get; } =
        (Surroundings.OwnRoot is { } root ? RuntimePaths.Below(root) : RuntimePaths.System) with { Program = OwnProgram.Path };

    internal static NamespaceHost Host() => Host(Terminal.Out);

    /// <param name="said">Gets a line where another command is waited for.</param>
    internal static NamespaceHost Host(TextWriter said) => new(Runtime, X25519.PublicKeyOf, Lookup.System)
    {
        Waiting = name => said.WriteLine($"waiting for another wgns that works on {name}"),
    };

    /// <summary>Whether this is a user who is not root, and not in the namespaces of what they keep: there we are asked for them.</summary>
    internal static bool IsPlainUser => !Environment.IsPrivilegedProcess && Surroundings.OwnRoot is null;

    /// <summary>False, with one sentence said, where the user is not root.</summary>
    internal static bool IsRoot(string verb)
    {
        if (!IsPlainUser)
        {
            return true;
        }

        Terminal.Fail($"`wgns {verb}` needs root", verb switch
        {
            "up" => "sudo wgns up …; or, without root, `wgns run CONFIG -- COMMAND …`",
            "down" => "sudo wgns down …; or `wgns down NAME`, for one that you made by `wgns run --keep NAME`",
            _ => $"sudo wgns {verb} …",
        });
        return false;
    }

    /// <summary>False, with one sentence said, where no namespace can have that name.</summary>
    internal static bool IsName(string name)
    {
        if (Configuration.Names.NamespaceProblem(name) is not { } problem)
        {
            return true;
        }

        Terminal.Fail($"\"{name}\" {problem}: no namespace has that name");
        return false;
    }

    internal static int FailNotUp(string name)
    {
        if (NetnsDirectory.IsValidName(name) && new NetnsDirectory(Runtime.Netns).Open(name) is NetnsLookup.Found found)
        {
            found.Netns.Dispose();
            Terminal.Fail($"namespace {name} was not made by wgns, so nothing is known about it", "`wgns up --adopt` takes it over");
            return ExitStatus.Failed;
        }

        Terminal.Fail($"{name} is not up", ConfigLocator.IsPath(name) ? NamespaceEntry.NoPath : "`wgns list` shows what is");
        return ExitStatus.Failed;
    }

    /// <summary>The files that an argument, or its absence, means; empty with a word said where there are none.</summary>
    internal static IReadOnlyList<string> Paths(string? argument)
    {
        var paths = argument is null ? ConfigLocator.Default() : [ConfigLocator.PathOf(argument)];
        if (paths.Count == 0)
        {
            Terminal.Fail(
                $"there is neither ./{ConfigLocator.LocalFile} nor a file in /etc/wgns",
                "name a configuration, or see `wgns demo` for how one looks");
        }

        return paths;
    }

    /// <summary>One of several namespaces: what stops its run is said, and does not keep the others from theirs.</summary>
    internal static int Each(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            Terminal.Fail(e.Message);
            return ExitStatus.Failed;
        }
    }

    /// <summary>Loads, says what is wrong, and returns null where that stops the command.</summary>
    /// <param name="withSecrets">False leaves key files alone.</param>
    internal static LoadedConfig? Load(string path, bool withSecrets = true) => Load(Loader(), path, withSecrets);

    /// <summary>The same by another loader.</summary>
    internal static LoadedConfig? Load(ConfigLoader loader, string path, bool withSecrets = true)
    {
        var loaded = loader.Load(path, withSecrets);
        DiagnosticText.Write(loaded.Diagnostics);
        if (!loaded.HasErrors)
        {
            return loaded;
        }

        loaded.Dispose();
        return null;
    }
}
