using Wgns.Linux;
using Wgns.Linux.Namespaces;

namespace Wgns.Rootless;

/// <summary>What the machine says of user namespaces: values of /proc/sys, null for one that this kernel does not have.</summary>
/// <param name="MostUserNamespaces">user.max_user_namespaces (namespaces(7)): how many there may be.</param>
/// <param name="UnprivilegedClone">kernel.unprivileged_userns_clone, of Debian's and hardened kernels: 0 is root's alone.</param>
/// <param name="AppArmorRestricts">kernel.apparmor_restrict_unprivileged_userns, of Ubuntu since 23.10: 1 lets none have rights without a profile.</param>
public sealed record NamespaceLimits(string? MostUserNamespaces, string? UnprivilegedClone, string? AppArmorRestricts)
{
    public static NamespaceLimits OfThisMachine() => new(
        Read("user/max_user_namespaces"), Read("kernel/unprivileged_userns_clone"), Read("kernel/apparmor_restrict_unprivileged_userns"));

    private static string? Read(string key)
    {
        try
        {
            return File.ReadAllText("/proc/sys/" + key).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>Why an ordinary user cannot have a namespace here, and what would allow it.</summary>
public static class NamespaceAdvice
{
    /// <param name="program">Path of this program, for a profile.</param>
    public static (string Problem, string Hint) Of(NamespaceChildResult.Refused refused, NamespaceLimits limits, string program)
    {
        ArgumentNullException.ThrowIfNull(refused);
        ArgumentNullException.ThrowIfNull(limits);
        var problem = $"{refused.Words}: {refused.Errno}";
        if (refused.Step is NamespaceStep.Execute or NamespaceStep.EnterUser)
        {
            return (problem, "this is none of the machine's settings that wgns knows of");
        }

        if (limits.MostUserNamespaces == "0")
        {
            return (
                "this machine allows no user namespaces (user.max_user_namespaces is 0)",
                "as root: sysctl -w user.max_user_namespaces=15000, and a file in /etc/sysctl.d to keep it");
        }

        if (refused.Errno == Errno.ENOSPC)
        {
            return (
                $"there are as many user namespaces as this machine allows (user.max_user_namespaces is {limits.MostUserNamespaces})",
                "end what has some, or as root raise it by sysctl");
        }

        if (limits.UnprivilegedClone == "0")
        {
            return (
                "this machine allows user namespaces to root alone (kernel.unprivileged_userns_clone is 0)",
                "as root: sysctl -w kernel.unprivileged_userns_clone=1, and a file in /etc/sysctl.d to keep it");
        }

        if (limits.AppArmorRestricts == "1")
        {
            return (
                "AppArmor gives nobody rights in a user namespace but programs with a profile (kernel.apparmor_restrict_unprivileged_userns is 1)",
                $"as root write /etc/apparmor.d/wgns: `abi <abi/4.0>, profile wgns {program} flags=(unconfined) {{ userns, }}`, then: apparmor_parser -r /etc/apparmor.d/wgns");
        }

        return refused.Errno == Errno.EINVAL && refused.Step == NamespaceStep.CreateUser
            ? ("this kernel has no user namespaces", "it was built without CONFIG_USER_NS; as root, wgns needs none")
            : (problem, "a container's seccomp profile or a security module forbids it; outside of that, or as root, it works");
    }

    /// <summary>Why an ordinary user cannot have a TUN; null where nothing is in the way.</summary>
    /// <param name="errno">Of opening /dev/net/tun for reading and writing.</param>
    public static (string Problem, string Hint)? OfTun(Errno errno) =>
        errno.IsNone ? null
        : errno == Errno.ENOENT ? ("there is no /dev/net/tun", "as root: modprobe tun; in a container, start it with that device (--device /dev/net/tun)")
        : errno == Errno.ENODEV ? ("this kernel has no driver for /dev/net/tun", "as root: modprobe tun")
        : errno == Errno.EACCES || errno == Errno.EPERM
            ? ("/dev/net/tun is not open to you", "as root: chmod 0666 /dev/net/tun, which is its usual mode; a udev rule keeps it: KERNEL==\"tun\", MODE=\"0666\"")
        : ($"/dev/net/tun cannot be opened: {errno}", "the embedded engine needs it");
}
