using Wgns.Systemd;

namespace Wgns.Tests.Systemd;

public sealed class UnitBindsTests
{
    private static string[] Kept(params string[] files) =>
        [.. UnitBinds.WithoutHosts(UnitBinds.Parse(files), ["resolv.conf", "nsswitch.conf"]).Select(d => $"{d.Key}={d.Value}")];

    [TestCase("BindPaths=/run")]
    [TestCase("BindPaths=/srv /run/")]
    [TestCase("BindPaths=-/run:/run:rbind")]
    [TestCase("BindPaths=/somewhere:/run")]
    [TestCase("BindPaths=\"/run\"")]
    [TestCase("BindPaths=//run/.")]
    [TestCase("BindPaths=%t")]
    [TestCase("BindPaths = /var/run")]
    [TestCase("BindReadOnlyPaths=/etc")]
    [TestCase("BindReadOnlyPaths=%E")]
    [TestCase("BindReadOnlyPaths=-/etc/resolv.conf")]
    [TestCase("BindReadOnlyPaths=/run/systemd/resolve/stub-resolv.conf:/etc/resolv.conf")]
    [TestCase("BindReadOnlyPaths=/etc/nsswitch.conf:/etc/nsswitch.conf:norbind")]
    [TestCase("BindPaths=/var/run/nscd/socket")]
    [TestCase("BindPaths=/run/systemd/resolve:/elsewhere")]
    [TestCase("BindReadOnlyPaths=/run/systemd/resolve/io.systemd.Resolve")]
    [TestCase("BindPaths=/srv \\\n  /run")]
    [TestCase("BindPaths=/srv \\\n# a comment between\n  /run")]
    [TestCase("Environment=LAST=C:\\\\\nBindPaths=/run")]
    [TestCase("Environment=LAST=\\ \nBindPaths=/run")]
    [TestCase("Environment=LAST=\\\\\\\n  more\nBindPaths=/run")]
    public void A_bind_of_the_hosts_is_taken_out(string line) =>
        Kept($"[Service]\n{line}\n").Take(2).Should().Equal("BindPaths=", "BindReadOnlyPaths=");

    [TestCase("ReadWritePaths=-/run", "ReadWritePaths=")]
    [TestCase("ReadWriteDirectories=-/run", "ReadWritePaths=")]
    [TestCase("ReadOnlyPaths=/etc +/var/run/", "ReadOnlyPaths=", "ReadOnlyPaths=/etc")]
    [TestCase("NoExecPaths=%t /tmp\nExecPaths=/usr", "NoExecPaths=", "NoExecPaths=/tmp")]
    public void A_list_that_would_be_made_in_the_place_of_the_private_run_loses_it(string lines, params string[] kept) =>
        Kept($"[Service]\n{lines}\n").Should().Equal(kept);

    [TestCase("ReadWritePaths=/run/x /var/lib/x")]
    [TestCase("InaccessiblePaths=/run")]
    [TestCase("BindPaths=/run/postgresql /srv")]
    [TestCase("BindReadOnlyPaths=/etc/hosts")]
    [TestCase("BindPaths=/runner")]
    [TestCase("BindPaths=/run:/srv/run")]
    [TestCase("#BindPaths=/run")]
    [TestCase("; BindPaths=/run")]
    [TestCase("BindPaths=/run\nBindPaths=")]
    [TestCase("BindPaths=/run\nBindReadOnlyPaths=")]
    [TestCase("[Unit]\nBindPaths=/run")]
    [TestCase("ExecStart=/bin/echo BindPaths=/run")]
    [TestCase("Environment=LAST=\\\\\\\nBindPaths=/run")]
    public void What_is_the_services_own_business_is_left_as_it_is(string lines) =>
        Kept($"[Service]\n{lines}\n").Should().BeEmpty();

    [Test]
    public void What_is_not_the_hosts_stays_as_it_was_written_over_all_of_the_units_files() =>
        Kept("[Service]\nBindReadOnlyPaths=/nix/store\nBindPaths=\"/srv/a b\" /opt\n", "[Service]\nBindPaths=/run /var/lib/x\n").Should().Equal(
            "BindPaths=", "BindReadOnlyPaths=", "BindPaths=\"/srv/a b\" /opt", "BindPaths=/var/lib/x", "BindReadOnlyPaths=/nix/store");
}
