using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Engine.Embedded;
using Wgns.Execution;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Rootless;

/// <summary>What a keeper is there for.</summary>
public enum KeepingMode
{
    /// <summary>One command: it goes with who started it, and all that is left inside is killed.</summary>
    Run,

    /// <summary>To be entered again and again, until it is taken down.</summary>
    Keep,

    /// <summary>A namespace that somebody else made: it goes with who started it, and processes inside stay.</summary>
    Attach,
}

/// <summary>
/// What a keeper does besides what `up`, `supervise` and `down` do. It holds the user and mount namespaces; its own network
/// namespace is the machine's, so engines that it starts have their sockets there.
/// </summary>
/// <param name="root">The directory of its <see cref="RuntimePaths"/>.</param>
public sealed class Keeping(KeepingMode mode, string root, string? name)
{
    /// <summary>The verb of the hidden command that keeps a namespace for `run` and `attach`.</summary>
    public const string Verb = "__keeper";

    private static readonly TimeSpan KillPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>Before anything else. What goes with us is in memory that goes with our mount namespace, however we end.</summary>
    /// <returns>Holds the place where that is until all is taken down; null where nothing goes with us.</returns>
    public IDisposable? Begin()
    {
        var own = ProcessIdentity.Of(Environment.ProcessId) ?? throw new OperationFailedException("/proc/self/stat cannot be read");
        Environment.SetEnvironmentVariable(Surroundings.Keeper, Surroundings.Text(own));
        LeaveOtherEngines();
        if (mode == KeepingMode.Keep)
        {
            return null;
        }

        // Before the mount hides it: who clears away what was left asks for it there.
        var place = FileLock.TryTakeDirectory(root) ?? throw new OperationFailedException($"{root} is being taken away: who started this has ended");
        HostMounts.Tmpfs(root);
        return place;
    }

    /// <summary>Another engine would make its device here, where we may not.</summary>
    public static void LeaveOtherEngines()
    {
        if (!Netns.IsOursToConfigure())
        {
            Environment.SetEnvironmentVariable(Resolution.EngineFinder.Variable, null);
        }
    }

    /// <summary>The configuration under the name it is to have, with what cannot be had without rights outside as errors.</summary>
    public LoadedConfig Adapt(LoadedConfig loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        if (loaded.Config is not { } config)
        {
            return loaded;
        }

        IEnumerable<Diagnostic> limits = Netns.IsOursToConfigure() ? [] : RootlessLimits.In(config);
        return loaded with
        {
            // A name for systemd's sake is none here: nobody waits for readiness.
            Config = config with { Name = name ?? config.Name, ReadyRequired = false },
            Diagnostics = [.. loaded.Diagnostics, .. limits],
        };
    }

    /// <summary>Gives the namespace of a process its name here. What a tunnel left that was attached before, and was killed, goes.</summary>
    /// <exception cref="OperationFailedException">It has ended, has another way out already, or has a tunnel that somebody keeps.</exception>
    public static void NameOf(ProcessIdentity process, string name, RuntimePaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        using var file = NamespaceFile.TryOpen(process, "net") ?? throw new OperationFailedException($"process {process.Pid} has ended");
        using (var inside = NetnsThread.Run(file, Rtnl.Open))
        {
            var links = inside.GetLinks().ToLookup(EngineTun.IsLeft);
            LeftDevices.Delete(inside, [.. links[true]]);
            var open = links[false].Where(l => l.IsUp && l.Name != "lo").Select(l => l.Name).ToList();
            if (open.Count > 0)
            {
                throw new OperationFailedException(
                    $"the network namespace of process {process.Pid} has other ways out already: {string.Join(", ", open)}");
            }
        }

        using var named = new NetnsDirectory(paths.Netns).TryName(name, file)
            ?? throw new OperationFailedException($"{paths.NetnsFile(name)} is there already");
    }

    /// <summary>The end: closes the tunnel, and takes away what was made.</summary>
    public void End(NamespaceHost host, string made)
    {
        ArgumentNullException.ThrowIfNull(host);

        // Open until all inside are ended: its number would else be free as soon as its name goes, and those in the next one be killed.
        using var inside = mode == KeepingMode.Run ? Open(host.Paths, made) : null;
        if (host.Store.Has(made))
        {
            // What fails here the kernel does in a moment: all that was made is in namespaces that end with this process.
            new NamespaceRun(host).Down(made, force: true);
        }

        if (inside is not null)
        {
            Kill(inside.Identity);
        }

        if (mode == KeepingMode.Keep)
        {
            File.Delete(Kept.FileOf(root, made));
            File.Delete(Kept.LogOf(root, made));

            // Where names of namespaces are, a mount of ours is, and no directory that a mount is on can be taken away.
            HostMounts.Unmount(host.Paths.Netns);
            UserDirectory.Tidy(host.Paths);
            return;
        }

        HostMounts.Unmount(root);
        UserDirectory.Remove(root);
    }

    private static Netns? Open(RuntimePaths paths, string name) => (new NetnsDirectory(paths.Netns).Open(name) as NetnsLookup.Found)?.Netns;

    /// <summary>What a command left behind: it is in a closed namespace that nobody can open again.</summary>
    /// <param name="identity">Of a netns that the caller has open.</param>
    private static void Kill(NetnsIdentity identity)
    {
        foreach (var process in new ProcessSurvey().Inside(identity))
        {
            if (ProcessIdentity.Of(process.Pid) is { } left)
            {
                left.EndGracefully(KillPatience);
            }
        }
    }
}
