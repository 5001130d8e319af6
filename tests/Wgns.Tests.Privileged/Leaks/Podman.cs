namespace Wgns.Tests.Privileged.Leaks;

/// <summary>
/// Containers of podman(1) with an image of the machine's own programs, and no registry. All that podman keeps is in memory and goes
/// with its mount namespace, and whoever is left of it with its PID namespace.
/// </summary>
internal static class Podman
{
    /// <summary>What the machine's resolv.conf names here: nobody's (RFC 5737).</summary>
    internal const string HostsServer = "192.0.2.53";

    // A cgroup2 of its own: crun refuses a machine that has both kinds. Limits are named, since podman's own are above those of a
    // machine that may not raise any.
    private const string Run = """
        set -e
        mount -t tmpfs tmpfs /var
        mkdir -p /var/tmp /var/netns
        mount --rbind /run/netns /var/netns
        mount -t tmpfs tmpfs /run
        mkdir /run/netns
        mount --rbind /var/netns /run/netns
        mount -t cgroup2 none /sys/fs/cgroup
        echo "nameserver $SERVER" >/var/resolv.conf
        mount --bind /var/resolv.conf /etc/resolv.conf

        image=/var/image
        mkdir -p $image/etc $image/proc $image/sys $image/dev $image/tmp $image/run
        for program in bash cat ls readlink; do
          file=$(command -v $program)
          cp --parents -L $file $(ldd $file | grep -o '/[^ )]*') $image
        done
        tar -C $image -c . | podman --storage-driver vfs import - localhost/own >/var/import 2>&1 || { cat /var/import >&2; exit 1; }
        podman --storage-driver vfs --cgroup-manager cgroupfs --events-backend none run --rm --pull never \
          --cgroups=disabled --ulimit nproc=1000:1000 --ulimit nofile=1000:1000 "$@"
        """;

    /// <param name="options">Of `podman run`; then the container runs a script of bash.</param>
    internal static Answer Ask(string script, params string[] options)
    {
        using var running = new Running(
            "timeout",
            ["60", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private", "bash", "-c", Run, "podman", .. options, "localhost/own", "bash", "-c", script],
            null,
            new Dictionary<string, string?> { ["SERVER"] = HostsServer });
        return running.End();
    }
}
