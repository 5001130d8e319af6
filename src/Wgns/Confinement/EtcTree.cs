namespace Wgns.Confinement;

/// <summary>Where the /etc of services is put together: a read-only overlay of /etc/netns/NAME on the host's /etc.</summary>
/// <remarks>
/// One directory, /run/wgns/NAME.etc: "layer" has the namespace's files, each directory "N" is a mount, and "now" is a
/// link to the last of them. The layer lies outside /etc, since the kernel refuses one layer inside another, and nothing
/// is taken from it while services run: what an overlay no longer finds above, it looks for below.
/// </remarks>
public static partial class EtcTree
{
    public static string Root(RuntimePaths paths, string name) => $"{NotNull(paths).State}/{name}.etc";

    /// <summary>The link that units bind over /etc.</summary>
    public static string Current(RuntimePaths paths, string name) => $"{Root(paths, name)}/now";

    internal static string Layer(RuntimePaths paths, string name) => $"{Root(paths, name)}/layer";

    private static RuntimePaths NotNull(RuntimePaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return paths;
    }
}
