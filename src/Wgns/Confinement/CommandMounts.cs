using System.Collections.Immutable;
using Wgns.Linux.Processes;
using Wgns.Nscd;

namespace Wgns.Confinement;

/// <summary>A <see cref="ConfinedView"/> as mounts of a command's own: what `exec` does before it becomes the command.</summary>
/// <remarks>
/// As for services, with two differences. Every directory of /etc is live: here that costs no mount of the machine's. And
/// the layer is made anew, on the /run that nobody else sees, so that nothing has to be prepared.
/// </remarks>
public static class CommandMounts
{
    /// <param name="etc">What /etc has now.</param>
    public static ImmutableArray<MountStep> Of(ConfinedView view, EtcListing etc)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(etc);
        return [.. Run(view, etc), .. etc.Entries is { } entries ? Etc(view, etc, entries) : Etc(view, etc)];
    }

    private static IEnumerable<MountStep> Run(ConfinedView view, EtcListing etc)
    {
        yield return new MountStep("wgns", RunAllowList.Root, "tmpfs", "mode=0755,size=1m", ReadOnly: true);
        if (etc.VarRunIsAnother)
        {
            // The C library spells nscd's socket so.
            yield return new MountStep("wgns", "/var/run", "tmpfs", "mode=0755,size=1m", ReadOnly: true);
        }

        yield return new MountStep("wgns", RunAllowList.Lock, "tmpfs", "mode=1777,size=5m") { MakesTarget = true };
        if (view.Isolates)
        {
            // Where X and the session's manager (XSMP) listen; their abstract sockets belong to the host's network namespace and are
            // not there anyway.
            yield return new MountStep("wgns", "/tmp/.X11-unix", "tmpfs", "mode=0755,size=1m", ReadOnly: true, Required: false);
            yield return new MountStep("wgns", "/tmp/.ICE-unix", "tmpfs", "mode=0755,size=1m", ReadOnly: true, Required: false);
        }

        foreach (var path in RunAllowList.For(AllowedTo.Commands).Where(p => !view.Isolates || p.Path != RunAllowList.Session))
        {
            // What stands in another's place is not the caller's to change.
            yield return Allow(path.Path, path.Inside, isReadOnly: path.Inside != path.Path);
            if (etc.VarRunIsAnother && path.Inside == NscdFilter.HostDirectory)
            {
                yield return Allow(path.Path, "/var" + NscdFilter.HostDirectory, isReadOnly: true);
            }
        }

        foreach (var path in view.MoreRun)
        {
            yield return Allow(path, path, isReadOnly: false);
        }

        if (view.Paths.Hidden is { } hidden)
        {
            // Who configures the engine decides where the packets go.
            yield return new MountStep("wgns", hidden, "tmpfs", "mode=0755,size=1m", ReadOnly: true) { MakesTarget = true };
        }
    }

    private static MountStep Allow(string path, string inside, bool isReadOnly) =>
        new(path, inside, Recursive: true, ReadOnly: isReadOnly, Required: false) { MakesTarget = true };

    private static IEnumerable<MountStep> Etc(ConfinedView view, EtcListing etc)
    {
        var layer = EtcTree.Layer(view.Paths, view.Name);
        var own = view.Paths.EtcNetnsOf(view.Name);
        var names = OwnNames(etc);
        yield return new MountStep("wgns", "/etc", "overlay", $"lowerdir={layer}:/etc", ReadOnly: true) { Creates = InLayer(layer, etc) };
        var live = ImmutableArray.CreateBuilder<string>(etc.Live.Length);
        foreach (var name in etc.Live)
        {
            if (!etc.Own.ContainsKey(name) && !ConfinedView.DnsFiles.Contains(name))
            {
                live.Add(name);
            }
        }

        if (live.Count > 0)
        {
            yield return new MountStep("/etc", "/etc", Recursive: true, Required: false) { Entries = live.DrainToImmutable() };
        }

        foreach (var name in names)
        {
            yield return new MountStep($"{own}/{name}", $"/etc/{name}", Recursive: true);
        }
    }

    /// <summary>What stands over the machine's /etc: the namespace's own, and empty files for those it must not be without.</summary>
    private static ImmutableArray<NewPath> InLayer(string layer, EtcListing etc)
    {
        var paths = ImmutableArray.CreateBuilder<NewPath>();
        foreach (var file in ConfinedView.DnsFiles)
        {
            if (!etc.Own.ContainsKey(file))
            {
                paths.Add(new NewPath($"{layer}/{file}", IsDirectory: false));
            }
        }

        foreach (var (name, isDirectory) in etc.Own)
        {
            paths.Add(new NewPath($"{layer}/{name}", isDirectory));
        }

        return paths.DrainToImmutable();
    }

    private static string[] OwnNames(EtcListing etc)
    {
        string[] names = [.. etc.Own.Keys];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>
    /// Without an overlay: an empty /etc with everything bound in it that the namespace has no file of its own for. What comes to
    /// be in /etc later is not there.
    /// </summary>
    private static IEnumerable<MountStep> Etc(ConfinedView view, EtcListing etc, ImmutableArray<(string Name, string? LinkTo)> entries)
    {
        var own = view.Paths.EtcNetnsOf(view.Name);
        var others = entries.Where(e => !etc.Own.ContainsKey(e.Name) && !ConfinedView.DnsFiles.Contains(e.Name)).ToList();
        yield return new MountStep("wgns", "/etc", "tmpfs", "mode=0755,size=4m", ReadOnly: true);
        foreach (var name in others.Where(e => e.LinkTo is null).Select(e => e.Name))
        {
            yield return new MountStep($"/etc/{name}", $"/etc/{name}", Recursive: true, Required: false) { MakesTarget = true };
        }

        var links = others.Where(e => e.LinkTo is not null).Select(e => new NewPath($"/etc/{e.Name}", IsDirectory: false, e.LinkTo)).ToImmutableArray();
        foreach (var name in OwnNames(etc))
        {
            yield return new MountStep($"{own}/{name}", $"/etc/{name}", Recursive: true) { MakesTarget = true, Creates = links };
            links = [];
        }
    }
}
