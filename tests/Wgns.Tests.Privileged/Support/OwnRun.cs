using Wgns.Tests.Privileged;

/// <summary>
/// Under `unshare -Urnm` /run and /etc/netns are the host's, with its namespaces in them that nobody here may enter, and
/// to whoever is no root outside they are read-only. So the tests get their own, in their own mount namespace.
/// </summary>
[SetUpFixture]
internal sealed class OwnRun
{
    [OneTimeSetUp]
    public void Mount()
    {
        // "0 0 4294967295" is the map of the first user namespace: everybody is there.
        if (File.ReadAllText("/proc/self/uid_map").Contains("4294967295", StringComparison.Ordinal))
        {
            return;
        }

        Tool.Run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run");
        Directory.CreateDirectory("/run/wireguard");
        if (!Directory.Exists("/etc/netns"))
        {
            Directory.CreateDirectory("/run/etc.upper");
            Directory.CreateDirectory("/run/etc.work");
            Tool.Run("mount", "-t", "overlay", "-o", "lowerdir=/etc,upperdir=/run/etc.upper,workdir=/run/etc.work,userxattr", "overlay", "/etc");
            Directory.CreateDirectory("/etc/netns");
        }

        Tool.Run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/etc/netns");
    }
}
