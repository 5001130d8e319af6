using System.Globalization;
using Wgns.Linux.Files;

namespace Wgns.Confinement;

/// <summary>Making and removing it. Both under the namespace's lock, in the machine's mount namespace.</summary>
public static partial class EtcTree
{
    /// <summary>Older ones that stay. A start that finds its own gone fails, and is tried again where its unit says so.</summary>
    private const int Kept = 15;

    /// <summary>
    /// Mounts /etc as it is now and leads "now" to it. An overlay remembers what it has seen of the layer below, so an old
    /// one would not show the user that was added since. Those before it stay for a while: services may be about to bind
    /// them, several where many start at once.
    /// </summary>
    /// <exception cref="OperationFailedException">A file is missing without which the host's own would be seen.</exception>
    public static void Prepare(RuntimePaths paths, string name)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var view = new ConfinedView(name, paths);
        var own = paths.EtcNetnsOf(name);
        if (ConfinedView.DnsFiles.FirstOrDefault(f => !File.Exists($"{own}/{f}")) is { } missing)
        {
            throw new OperationFailedException(
                $"{own}/{missing} is missing, and the machine's own would stand in its place; with dnsFiles = \"keep\" it is yours to write");
        }

        var root = Root(paths, name);
        if (new DirectoryInfo(root).LinkTarget is not null)
        {
            throw new OperationFailedException($"{root} is a symbolic link, which wgns did not make; remove it");
        }

        var etc = EtcListing.Of(view);
        FillLayer(Layer(paths, name), own, etc);
        var numbers = Numbers(root);
        var next = numbers.LastOrDefault() + 1;
        var target = PathOf(root, next);
        OpenDirectory.Create(target);
        HostMounts.Overlay(target, Layer(paths, name), "/etc");
        foreach (var mount in EtcListing.Mounts().Distinct().Where(m => !etc.Own.ContainsKey(m)))
        {
            // An overlay does not show what is mounted in its layers.
            HostMounts.Bind($"/etc/{mount}", $"{target}/{mount}");
        }

        HostMounts.Lead(Current(paths, name), next.ToString(CultureInfo.InvariantCulture));
        foreach (var old in numbers.SkipLast(Kept))
        {
            Unmount(PathOf(root, old));
        }
    }

    /// <summary>Takes it all away; services that run keep what they have.</summary>
    public static void Remove(RuntimePaths paths, string name)
    {
        var root = Root(paths, name);
        if (new DirectoryInfo(root).LinkTarget is not null)
        {
            // Never through it: what is mounted there is somebody else's.
            File.Delete(root);
            return;
        }

        if (!Directory.Exists(root))
        {
            return;
        }

        foreach (var number in Numbers(root))
        {
            Unmount(PathOf(root, number));
        }

        // Nothing is mounted below any more, or rmdir would have failed.
        Directory.Delete(root, recursive: true);
    }

    /// <summary>Copies of files, and directories for others to be bound on. Only ever more: see the remarks above.</summary>
    private static void FillLayer(string layer, string own, EtcListing etc)
    {
        OpenDirectory.Create(layer);
        foreach (var (file, isDirectory) in etc.Own)
        {
            if (isDirectory)
            {
                OpenDirectory.Create($"{layer}/{file}");
            }
            else if (!File.Exists($"{layer}/{file}"))
            {
                AtomicFile.Write($"{layer}/{file}", File.ReadAllBytes($"{own}/{file}"), Permissions.Everybody, fsync: false);
            }
            else
            {
                InPlaceFile.Write($"{layer}/{file}", File.ReadAllBytes($"{own}/{file}"), Permissions.Everybody);
            }
        }
    }

    private static void Unmount(string directory)
    {
        HostMounts.Unmount(directory);
        Directory.Delete(directory);
    }

    private static List<int> Numbers(string root) =>
    [
        .. Directory.EnumerateDirectories(root)
            .Where(d => new DirectoryInfo(d).LinkTarget is null)
            .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0)
            .Where(n => n > 0)
            .Order(),
    ];

    private static string PathOf(string root, int number) => string.Create(CultureInfo.InvariantCulture, $"{root}/{number}");
}
