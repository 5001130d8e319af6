using System.Globalization;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>An engine's device as `ip` shows it, and the end of its engine.</summary>
internal static class LeftDevice
{
    /// <summary>With the embedded engine, and a provider.</summary>
    internal static Lab Lab()
    {
        var lab = new Lab(withProvider: true) { Extra = "engine = \"embedded\"" };
        lab.Save();
        return lab;
    }

    /// <summary>What somebody inside would notice: its index, addresses and routes.</summary>
    internal static string Look(string name)
    {
        var link = Machine.Ip(name, "link", "show", name).Single();
        var addresses = Machine.Ip(name, "address", "show", name).Single().GetProperty("addr_info").EnumerateArray()
            .Select(a => $"{a.GetProperty("local")}/{a.GetProperty("prefixlen")}").Order(StringComparer.Ordinal);
        var routes = ((string[])["-4", "-6"]).SelectMany(v => Machine.Ip(name, v, "route", "show", "dev", name))
            .Select(r => $"{r.GetProperty("dst")} {(r.TryGetProperty("metric", out var m) ? m.ToString() : string.Empty)}").Order(StringComparer.Ordinal);
        return $"{link.GetProperty("ifindex")} {link.GetProperty("mtu")}\n{string.Join(' ', addresses)}\n{string.Join(' ', routes)}";
    }

    /// <summary>Whether somebody takes packets out of it.</summary>
    internal static bool HasCarrier(string name) =>
        Machine.Ip(name, "link", "show", name).Single().GetProperty("flags").EnumerateArray().Any(f => f.GetString() == "LOWER_UP");

    /// <summary>
    /// kill -9, and the end of its last thread, which closes what it had open: its arguments and descriptors are out of sight before
    /// that, while a device takes some milliseconds to go, and a port behind it is still bound.
    /// </summary>
    internal static void KillEngine(string name)
    {
        var pid = Machine.Engine(name);
        Tool.Run("kill", "-9", pid.ToString(CultureInfo.InvariantCulture));
        Until.True(() => Tool.Ask("ps", "-L", "-o", "stat=", "-p", pid.ToString(CultureInfo.InvariantCulture)).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries) is [] or [['Z', ..]]).Should().BeTrue();
    }
}
