using System.CommandLine;
using System.Runtime.InteropServices;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Rootless;
using Command = System.CommandLine.Command;

namespace Wgns.Cli.Commands;

/// <summary>`wgns attach --pid PID CONFIG`</summary>
internal static class AttachCommand
{
    internal static Command Build()
    {
        var pid = new Option<int>("--pid", "-p") { Description = "a process in the network namespace that is to have the tunnel", Required = true, HelpName = "PID" };
        var ready = Descriptor("--ready-fd", "-r", "write \"1\" to this descriptor when the tunnel stands, and close it");
        var exit = Descriptor("--exit-fd", "-e", "end when the other end of this descriptor is closed or something is written there");
        var config = Shared.Config();
        var command = new Command("attach", "Give a network namespace that somebody else made its tunnel, as long as this runs; needs no root")
        {
            pid, ready, exit, config,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(ready) is { } same && result.GetValue(exit) == same)
            {
                result.AddError($"--ready-fd and --exit-fd are both {same}: they are closed at different times, and must be different descriptors");
            }
        });
        command.SetAction(result => Run(
            result.GetValue(pid), ConfigLocator.PathOf(result.GetValue(config)!), Open(result.GetValue(ready)), Open(result.GetValue(exit))));
        return command;
    }

    private static int Run(int pid, string path, OwnedFd? ready, OwnedFd? exit)
    {
        using var readyFd = ready;
        using var exitFd = exit;
        if (!Rootless.HasTun())
        {
            return ExitStatus.Failed;
        }

        using var owner = OwnerOf(pid, out var process);
        if (owner is null)
        {
            return ExitStatus.Failed;
        }

        using var watched = ProcessWatch.TryOpen(process);
        using var left = exit is null ? null : new AnyEvent(exit);
        using var bell = new Bell();
        using var signals = new HeardSignals(bell.Ring, PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP);
        var root = UserDirectory.CreateForThisRun();
        using var keeper = Rootless.StartKeeper(
            new KeeperRequest(OwnProgram.Words(), [KeeperCommand.HiddenVerb, nameof(KeepingMode.Attach), KeeperCommand.OwnName, path, Surroundings.Text(process)], root)
            {
                User = owner,
            },
            out var refused);
        if (keeper is null)
        {
            return Rootless.Fail(refused!);
        }

        var isUp = keeper.AwaitReady() is not null;
        if (isUp && watched is not null)
        {
            if (ready is not null)
            {
                PipeLine.Say(ready, "1");
                ready.Dispose();
            }

            Await([watched, left, bell], keeper.Process);
        }

        var status = keeper.End();
        UserDirectory.Remove(root);
        return isUp ? ExitStatus.Done : Rootless.NotReady(status);
    }

    private static void Await(IReadOnlyList<IEventSource?> ends, ProcessIdentity keeper)
    {
        using var held = ProcessWatch.TryOpen(keeper);
        List<IEventSource> sources = [.. ends.Append(held).OfType<IEventSource>()];
        while (held is not null && Sleep.Until(sources, TimeSpan.MaxValue).Count == 0)
        {
            // Something was said that is no end.
        }
    }

    private static Netns? Inside(int pid)
    {
        try
        {
            return Netns.OfProcess(pid);
        }
        catch (KernelException e) when (e.Errno == Errno.EACCES)
        {
            throw new OperationFailedException($"process {pid} is not yours to look into ({e.Errno}): name a process of your own that is inside");
        }
    }

    /// <summary>The user namespace that the process's network namespace belongs to: who made it has all rights there.</summary>
    private static OwnedFd? OwnerOf(int pid, out ProcessIdentity process)
    {
        process = ProcessIdentity.Of(pid) ?? default;
        using var netns = process.Pid == 0 ? null : Inside(pid);
        using var own = Netns.OfThisThread();
        if (netns is null)
        {
            Terminal.Fail($"there is no process {pid}");
            return null;
        }

        if (netns.Identity == own.Identity)
        {
            Terminal.Fail($"process {pid} is in this very network namespace", "`wgns run` makes one of its own");
            return null;
        }

        var owner = netns.TryOpenOwner(out var errno);
        if (owner is not null && !NamespaceFile.IsOwn(owner, "user"))
        {
            if (!Environment.IsPrivilegedProcess || UserMap.HasOurRoot(pid))
            {
                return owner;
            }

            // It would be in their user namespace, as root outside: they may trace it there, and have it do what they want.
            owner.Dispose();
            Terminal.Fail(
                $"the network namespace of process {pid} is another user's, and what root started there would be theirs to control",
                $"as that user: `sudo -u USER wgns attach --pid {pid} …`");
            return null;
        }

        owner?.Dispose();
        Terminal.Fail(
            $"the network namespace of process {pid} belongs to the machine{(errno.IsNone ? string.Empty : $" ({errno})")}: attach is for those made without root",
            $"as root: `ip netns attach NAME {pid}`, then `wgns up --adopt CONFIG`");
        return null;
    }

    private static Option<int?> Descriptor(string name, string alias, string description)
    {
        var option = new Option<int?>(name, alias) { Description = description, HelpName = "FD" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var fd) && (fd < 0 || !Descriptors.IsInherited(fd)))
            {
                result.AddError($"{name} is {token.Value}, which is no open descriptor that wgns was given");
            }
        });
        return option;
    }

    private static OwnedFd? Open(int? fd) => fd is { } number ? new OwnedFd(number) : null;
}
