using System.Collections.Immutable;
using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Confinement;
using Wgns.Lifecycle;
using Wgns.Systemd;

namespace Wgns.Cli.Commands;

/// <summary>`wgns units confine NAME SERVICE`</summary>
internal static class UnitsConfine
{
    internal static Command Build()
    {
        var name = Shared.Name();
        var unit = Shared.NoOption(new Argument<string>("SERVICE") { Description = "a service or socket of systemd; without ending a service" });
        var join = new Option<bool>("--join") { Description = "by JoinsNamespaceOf= and PrivateNetwork=, not by the namespace's path" };
        var follow = new Option<bool>("--follow") { Description = "stop and start the service with the tunnel" };
        var allow = new Option<string[]>("--allow")
        {
            Description = "a path below /run or /etc that the service is to see and write as it is outside",
            HelpName = "PATH",
            Arity = ArgumentArity.OneOrMore,
        };
        var install = UnitsCommand.Install();
        var command = new Command("confine", "Print the drop-in that puts a service inside") { name, unit, join, follow, allow, install };
        command.SetAction(result => Run(
            result.GetValue(name)!,
            result.GetValue(unit)!,
            new Attachment(result.GetValue(join), result.GetValue(follow)),
            result.GetValue(allow) ?? [],
            result.GetValue(install)));
        return command;
    }

    private static int Run(string name, string wanted, Attachment how, string[] allowed, bool installs)
    {
        if (!Shared.IsName(name))
        {
            return ExitStatus.Usage;
        }

        if (UnitName.TryConfined(wanted, out var wrong, out var hint) is not { } asked)
        {
            Terminal.Fail(wrong, hint);
            return ExitStatus.Usage;
        }

        if (UnitName.IsOwn(asked))
        {
            Terminal.Fail(
                $"{asked} is one of wgns's own units, and these are where they have to be",
                "for a tunnel that goes by way of another namespace there is birthplaceNamespace in its configuration");
            return ExitStatus.Usage;
        }

        if (Array.Find(allowed, IsOfDns) is { } answers)
        {
            Terminal.Fail($"--allow {answers} would give the service the host's resolvers", $"what it sees there is /etc/netns/{name}/{Path.GetFileName(answers)}");
            return ExitStatus.Usage;
        }

        if (Array.Find(allowed, p => !MayBeAllowed(p)) is { } path)
        {
            Terminal.Fail($"--allow takes an absolute path below /run or /etc, as systemd spells it: not \"{path}\"");
            return ExitStatus.Usage;
        }

        if (installs && !Shared.IsRoot("units confine --install"))
        {
            return ExitStatus.Failed;
        }

        var isSocket = asked.EndsWith(".socket", StringComparison.Ordinal);
        if (isSocket && allowed.Length > 0)
        {
            Terminal.Fail("--allow is for services: a socket sees no files", "give it to the service that the socket starts");
            return ExitStatus.Usage;
        }

        var config = $"{Configuration.ConfigurationReader.SystemDirectory}/{name}.toml";
        if (!File.Exists(config))
        {
            Terminal.Warn($"there is no {config}, without which {asked} will not start", "write it, or see `wgns list` for the name that was meant");
        }
        else if (how.Joins && IsSomebodyElses(config))
        {
            Terminal.Fail(
                $"{name} is made by somebody else (managed = false), and by JoinsNamespaceOf= {asked} would be in a network that has no link",
                "leave --join out: the path of the namespace leads there");
            return ExitStatus.Failed;
        }

        var properties = Systemctl.Look(asked);
        var unit = properties.Unit;
        if (unit != asked)
        {
            Terminal.Out.WriteLine($"{(installs ? string.Empty : "# ")}{asked} is another name of {unit}");
        }

        if (ConfineWarnings.Refusal(name, properties, how) is { } refusal)
        {
            Terminal.Fail(refusal.Message, refusal.Hint);
            return ExitStatus.Failed;
        }

        foreach (var warning in ConfineWarnings.Of(name, properties, Systemctl.IsThere))
        {
            Terminal.Warn(warning.Message, warning.Hint);
        }

        var view = ServiceView.Of(name, RuntimePaths.System, properties, allowed);
        var files = ConfineUnits.Of(view, properties, how);
        return installs ? UnitsCommand.Alone(() => Install(name, asked, unit, files)) : UnitsText.Print(files);
    }

    private static int Install(string name, string asked, string unit, ImmutableArray<UnitFile> files)
    {
        var status = UnitsInstall.Run(files, $"`systemctl restart {unit}` puts it inside");
        if (status == ExitStatus.Done)
        {
            // Of when it followed the tunnel: what is in its own drop-in has been written over.
            UnitsRemoval.Forget(new UnitFiles().List(name).Where(f => (f.Attached == unit || f.Attached == asked) && !files.Any(n => n.Path == f.Path)));
        }

        return status;
    }

    private static bool IsSomebodyElses(string config)
    {
        if (ConfigLoader.ReadBytes(config, out var problem) is { } bytes)
        {
            return !ConfigLoader.NameIn(bytes, config).IsManaged;
        }

        Terminal.Warn($"{config}: {problem}", "with managed = false in it, --join would give the service a network that has no link");
        return false;
    }

    private static bool MayBeAllowed(string path) =>
        (path.StartsWith("/run/", StringComparison.Ordinal) || path.StartsWith("/etc/", StringComparison.Ordinal))
        && path == Path.GetFullPath(path)
        && !path.EndsWith('/')
        && !path.Any(char.IsControl);

    private static bool IsOfDns(string path) => ConfinedView.DnsFiles.Any(f => path == $"/etc/{f}");
}
