using System.Collections.Immutable;
using Wgns.Linux.Processes;

namespace Wgns.Confinement;

/// <summary>A <see cref="ConfinedView"/> as mounts of a command's own: what `exec` does before it becomes the command.</summary>
/// <remarks>
/// As for services, with two differences. Every directory of /etc is live: here that costs no mount of the machine's. And
/// the layer is made anew, on the /run that nobody else sees, so that nothing has to be prepared.
/// </remarks>
public static class CommandMounts
{
    private const string Nscd = "/run/nscd";

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
            // Where X listens; its abstract socket belongs to the host's network namespace and is not there anyway.
            yield return new MountStep("wgns", "/tmp/.X11-unix", "tmpfs", "mode=0755,size=1m", ReadOnly: true, Required: false);
        }

        foreach (var path in RunAllowList.For(AllowedTo.Commands).Where(p => !view.Isolates || p.Path != RunAllowList.Session))
        {
            // What stands in another's place is not the caller's to change.
            yield return Allow(path.Path, path.Inside, isReadOnly: path.Inside != path.Path);
            if (etc.VarRunIsAnother && path.Inside == Nscd)
            {
                yield return Allow(path.Path, "/var" + Nscd, isReadOnly: true);
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
        yield return new MountStep("wgns", "/etc", "overlay", $"lowerdir={layer}:/etc", ReadOnly: true)
        {
            Creates =
            [
                .. ConfinedView.DnsFiles.Where(f => !etc.Own.ContainsKey(f)).Select(f => new NewPath($"{layer}/{f}", IsDirectory: false)),
                .. etc.Own.Select(f => new NewPath($"{layer}/{f.Key}", f.Value)),
            ],
        };
        foreach (var name in etc.Live.Where(n => !etc.Own.ContainsKey(n) && !ConfinedView.DnsFiles.Contains(n)))
        {
            yield return new MountStep($"/etc/{name}", $"/etc/{name}", Recursive: true, Required: false);
        }

        foreach (var name in etc.Own.Keys.Order(StringComparer.Ordinal))
        {
            yield return new MountStep($"{own}/{name}", $"/etc/{name}", Recursive: true);
        }
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
        foreach (var (name, i) in etc.Own.Keys.Order(StringComparer.Ordinal).Select((n, i) => (n, i)))
        {
            yield return new MountStep($"{own}/{name}", $"/etc/{name}", Recursive: true) { MakesTarget = true, Creates = i == 0 ? links : [] };
        }
    }
}
