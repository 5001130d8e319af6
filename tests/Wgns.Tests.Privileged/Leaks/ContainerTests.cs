namespace Wgns.Tests.Privileged.Leaks;

/// <summary>Programs that put others into a namespace by its path: what docs/CONTAINERS.md says of each.</summary>
public sealed class ContainerTests
{
    private const string Look = "cat /etc/resolv.conf; readlink /proc/self/ns/net; test -e /run/netns && echo sees the run of the host; true";

    // bash looks the name up as programs do, and the provider gives back what it gets.
    private const string Talk = "exec 3<>/dev/tcp/echo.example/7 && echo back by the tunnel >&3 && read -r -t 10 line <&3 && echo \"$line\"";

    [Test]
    public void Firejail_joins_by_name_and_takes_the_namespaces_DNS_files_but_leaves_the_hosts_run()
    {
        using var lab = Up("firejail");
        var seen = Seen("firejail", "--quiet", "--noprofile", $"--netns={lab.Name}", "sh", "-c", Look);

        ShouldBeInside(lab, seen);
        seen.Should().Contain("nameserver 10.99.0.1").And.Contain("sees the run of the host");
    }

    [Test]
    public void Bubblewrap_within_wgns_exec_keeps_what_exec_gave()
    {
        using var lab = Up("bwrap");
        var seen = Seen(Cli.Binary, "exec", lab.Name, "--", "bwrap", "--dev-bind", "/", "/", "--unshare-pid", "--unshare-ipc", "--proc", "/proc", "sh", "-c", Look);

        ShouldBeInside(lab, seen);
        seen.Should().Contain("nameserver 10.99.0.1").And.NotContain("sees the run of the host");
    }

    [Test]
    public void A_container_of_systemd_nspawn_joins_by_path_and_is_given_the_DNS_file_by_hand()
    {
        using var lab = Up("systemd-nspawn");
        string[] start = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "-D", "/", "--volatile=yes", $"--network-namespace-path=/run/netns/{lab.Name}"];
        var seen = Seen([.. start, "--resolv-conf=off", $"--bind-ro={lab.ResolvConf}:/etc/resolv.conf", "sh", "-c", Look]);

        ShouldBeInside(lab, seen);
        seen.Should().Contain("nameserver 10.99.0.1").And.NotContain("sees the run of the host");
        Seen([.. start, "sh", "-c", Look]).Should().NotContain("nameserver 10.99.0.1", "by default it has the host's resolv.conf: said in docs/CONTAINERS.md");
    }

    [TestCase("its own")]
    [TestCase("--dns", Provider.Address)]
    [TestCase("-v", "FILE:/etc/resolv.conf:ro")]
    public void A_container_of_podman_joins_by_path_and_has_the_tunnel_and_lo_and_the_namespaces_DNS(params string[] dns)
    {
        using var lab = Up("podman", withProvider: true);
        lab.Own(new DnsAnswers(lab.Provider!.Name, Provider.Address, Provider.Address));
        var options = dns.Length < 2 ? [] : dns.Select(o => o.Replace("FILE", lab.ResolvConf, StringComparison.Ordinal));
        var seen = InPodman(lab, $"cat /etc/resolv.conf; readlink /proc/self/ns/net; ls -m /sys/class/net; ls -A /run; {Talk}", [.. options]);

        ShouldBeInside(lab, seen);
        seen.Should().Contain($"nameserver {Provider.Address}\n").And.NotContain(Podman.HostsServer);
        seen.Should().Contain($"\nlo, {lab.Name}\n.containerenv\nback by the tunnel\n", "two links, nothing of the host's /run, and an answer");
    }

    [Test]
    public void A_container_of_podman_with_the_hosts_resolv_conf_asks_the_tunnels_server_all_the_same()
    {
        using var lab = Up("podman", withProvider: true);
        string[] hosts = ["-v", "/etc/resolv.conf:/etc/resolv.conf:ro"];
        InPodman(lab, $"cat /etc/resolv.conf; ({Talk}) 2>&1; true", hosts).Should().Contain(Podman.HostsServer).And.NotContain("back by the tunnel", "nobody answers yet");

        lab.Own(new DnsAnswers(lab.Provider!.Name, Provider.Address, Provider.Address));
        InPodman(lab, Talk, hosts).Should().Contain("back by the tunnel", "dnsEnforcement sends the question to dns_server");
    }

    [TestCase("")]
    [TestCase("dns_server = \"127.0.0.1\"")]
    public void Podman_puts_servers_of_its_own_in_the_place_of_none_and_of_loopback_but_not_with_the_file_by_hand(string dns)
    {
        using var lab = Up("podman", dns: dns);
        InPodman(lab, "cat /etc/resolv.conf").Should().Contain("nameserver 8.8.8.8", "said in docs/CONTAINERS.md");
        InPodman(lab, "cat /etc/resolv.conf", "-v", $"{lab.ResolvConf}:/etc/resolv.conf:ro").Should().Be(File.ReadAllText(lab.ResolvConf));
    }

    private static string InPodman(Lab lab, string script, params string[] options)
    {
        var answer = Podman.Ask(script, ["--network", $"ns:/run/netns/{lab.Name}", .. options]);
        answer.Exit.Should().Be(0, answer.Words);
        return answer.Output;
    }

    private static Lab Up(string program, bool withProvider = false, string? dns = null)
    {
        Tool.Needs(program, $"no {program} on this machine");
        var lab = new Lab(withProvider);
        lab.Dns = dns ?? lab.Dns;
        lab.Save();
        lab.Up();
        return lab;
    }

    private static void ShouldBeInside(Lab lab, string seen)
    {
        var inode = Tool.Run("stat", "-L", "-c", "%i", $"/run/netns/{lab.Name}").Trim();
        seen.Should().Contain($"net:[{inode}]");
    }

    private static string Seen(params string[] command)
    {
        using var running = new Running("timeout", ["30", .. command]);
        var answer = running.End();
        answer.Exit.Should().Be(0, answer.Words);
        return answer.Output;
    }
}
