using System.Globalization;
using System.Text.RegularExpressions;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>What wgns did not make, it does not touch.</summary>
[Category("UserNamespace")]
public sealed class ForeignTests
{
    [Test]
    public void A_netns_that_somebody_else_made_is_an_error_with_a_hint_and_stays()
    {
        using var lab = new Lab();
        using var netns = new ForeignNetns(lab.Name);
        var up = lab.TryUp();
        up.Exit.Should().Be(1);
        up.Errors.Should().Contain("was not made by wgns").And.Contain("--adopt");
        var down = lab.TryDown("--force");
        down.Exit.Should().Be(1);
        down.Errors.Should().Contain("was not made by wgns").And.Contain($"ip netns delete {lab.Name}");
        netns.ShouldStand();
        Machine.Ruleset(lab.Name).Should().BeEmpty();
        File.Exists(lab.State).Should().BeFalse();
        Directory.Exists($"/etc/netns/{lab.Name}").Should().BeFalse();
    }

    [TestCase("status")]
    [TestCase("verify")]
    public void Who_asks_about_a_netns_of_somebody_elses_is_told_that_it_is(string verb)
    {
        using var lab = new Lab();
        using var netns = new ForeignNetns(lab.Name);

        var answer = Cli.Run(verb, lab.Name);

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain($"namespace {lab.Name} was not made by wgns").And.Contain("--adopt").And.NotContain("is not up");
    }

    [Test]
    public void Adopting_takes_a_netns_over_and_from_then_on_it_is_ours()
    {
        using var lab = new Lab();
        using var netns = new ForeignNetns(lab.Name);
        lab.Up("--adopt");
        netns.ShouldStand();
        Machine.Links("-j", "-n", lab.Name).Should().Contain(lab.Name);
        lab.ShouldBeSettled();
        lab.Down();
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void A_resolv_conf_of_somebody_else_that_differs_is_an_error_and_stays()
    {
        using var lab = new Lab();
        using var file = new ForeignFile(lab.ResolvConf, "nameserver 192.0.2.53\n");
        var up = lab.TryUp();
        up.Exit.Should().Be(1);
        up.Errors.Should().Contain(lab.ResolvConf).And.Contain("dnsFiles = \"keep\"");
        file.ShouldStand();
        Path.Exists($"/run/netns/{lab.Name}").Should().BeFalse();

        // The cure that it names works.
        lab.Extra = "dnsFiles = \"keep\"";
        lab.Save();
        lab.Up();
        Tool.Run("ip", "netns", "exec", lab.Name, "cat", "/etc/resolv.conf").Should().Be("nameserver 192.0.2.53\n");
        lab.ShouldBeSettled();
        lab.Down();
        file.ShouldStand();
    }

    [Test]
    public void A_resolv_conf_of_somebody_else_that_is_as_wanted_is_used_and_not_removed()
    {
        using var lab = new Lab();
        lab.Up();
        var text = File.ReadAllText(lab.ResolvConf);
        lab.Down();
        using var file = new ForeignFile(lab.ResolvConf, text);
        lab.Up();
        lab.ShouldBeSettled();
        lab.Down();
        file.ShouldStand();
    }

    [Test]
    public void A_file_of_somebody_elses_beside_ours_survives_a_down()
    {
        using var lab = new Lab();
        lab.Up();
        using var file = new ForeignFile($"/etc/netns/{lab.Name}/hosts", "127.0.0.1 localhost\n");
        lab.Down();
        file.ShouldStand();
        File.Exists(lab.ResolvConf).Should().BeFalse();
    }

    [TestCase("resolv.conf")]
    [TestCase("nsswitch.conf")]
    [TestCase("")]
    public void A_symbolic_link_in_the_place_of_a_dns_file_is_an_error_and_is_not_followed(string where)
    {
        using var lab = new Lab();
        var target = Path.Combine(lab.Directory, "target");
        File.WriteAllText(target, "precious");
        var link = where.Length == 0 ? $"/etc/netns/{lab.Name}" : $"/etc/netns/{lab.Name}/{where}";
        Directory.CreateDirectory(where.Length == 0 ? "/etc/netns" : $"/etc/netns/{lab.Name}");
        File.CreateSymbolicLink(link, where.Length == 0 ? lab.Directory : target);
        try
        {
            var up = lab.TryUp();
            up.Exit.Should().Be(1);
            up.Errors.Should().Contain(link);
            File.ReadAllText(target).Should().Be("precious");
            Directory.EnumerateFiles(lab.Directory, "*.conf").Should().BeEmpty();
            new FileInfo(link).LinkTarget.Should().NotBeNull();
        }
        finally
        {
            File.Delete(link);
            Tool.Ask("rmdir", $"/etc/netns/{lab.Name}");
        }
    }

    [Test]
    public void A_pipe_in_the_place_of_a_dns_file_is_an_error_and_does_not_hang()
    {
        using var lab = new Lab();
        Directory.CreateDirectory($"/etc/netns/{lab.Name}");
        Tool.Run("mkfifo", lab.ResolvConf);
        try
        {
            using var up = Cli.Start("up", lab.Config);
            up.End(seconds: 10).Exit.Should().Be(1);
        }
        finally
        {
            Directory.Delete($"/etc/netns/{lab.Name}", recursive: true);
        }
    }

    [Test]
    public void A_symbolic_link_in_the_place_of_the_netns_is_an_error()
    {
        using var lab = new Lab();
        using var other = new ForeignNetns(lab.Name + "o");
        File.CreateSymbolicLink($"/run/netns/{lab.Name}", $"/run/netns/{lab.Name}o");
        try
        {
            lab.TryUp().Exit.Should().Be(1);
            lab.TryUp("--adopt").Exit.Should().Be(1);
            lab.TryDown("--force").Exit.Should().Be(1);
            Machine.Ruleset(lab.Name + "o").Should().BeEmpty();
            other.ShouldStand();
        }
        finally
        {
            File.Delete($"/run/netns/{lab.Name}");
        }
    }

    [Test]
    public void Another_wireguard_go_is_left_alone_by_up_and_down()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait");
        lab.Down();
        Tool.Run("wg", "show", lab.Provider!.Ifname).Should().Contain("listening port: 51820");
    }

    [Test]
    public void A_process_that_got_the_engines_pid_later_is_not_killed()
    {
        using var lab = new Lab();
        lab.Up();
        using var bystander = new Running("sleep", ["1000"]);
        var engine = Machine.Engine(lab.Name);

        // As after a crash of the engine, when its pid has come round to another process.
        File.WriteAllText(lab.State, Regex.Replace(File.ReadAllText(lab.State), "\"pid\": \\d+", $"\"pid\": {bystander.Pid}"));
        Tool.Run("kill", "-9", engine.ToString(CultureInfo.InvariantCulture));
        Until.True(() => Machine.Engines(lab.Name).Count == 0);
        lab.Up();
        bystander.HasEnded.Should().BeFalse();
        File.WriteAllText(lab.State, Regex.Replace(File.ReadAllText(lab.State), "\"pid\": \\d+", $"\"pid\": {bystander.Pid}"));
        Tool.Run("kill", "-9", Machine.Engine(lab.Name).ToString(CultureInfo.InvariantCulture));
        lab.Down();
        bystander.HasEnded.Should().BeFalse();
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void A_link_of_somebody_elses_with_the_interfaces_name_is_an_error_and_stays()
    {
        using var lab = new Lab();
        lab.Up();
        lab.Extra = "interfaceName = \"theirs\"";
        lab.Save();
        Tool.Run("ip", "-n", lab.Name, "link", "add", "theirs", "type", "ifb");
        var shape = Machine.Shape(lab.Name);
        var up = lab.TryUp();
        up.Exit.Should().Be(1);
        up.Errors.Should().Contain("theirs").And.Contain("was not made by wgns");
        Machine.Shape(lab.Name).Should().Be(shape);
    }

    [Test]
    public void Adopting_cannot_take_over_a_link_of_another_kind_and_leaves_it()
    {
        using var lab = new Lab();
        using var netns = new ForeignNetns(lab.Name);
        Tool.Run("ip", "-n", lab.Name, "link", "add", lab.Name, "type", "ifb");
        var up = lab.TryUp("--adopt");
        up.Exit.Should().Be(1);
        up.Errors.Should().Contain(lab.Name);
        Machine.Links("-j", "-n", lab.Name).Should().Contain(lab.Name);
        netns.ShouldStand();
        Machine.Engines(lab.Name).Should().BeEmpty();
        File.Exists(lab.State).Should().BeFalse();
    }

    [Test]
    public void A_netns_that_somebody_put_in_the_place_of_ours_is_not_taken_down()
    {
        using var lab = new Lab();
        lab.Up();
        Tool.Run("ip", "netns", "delete", lab.Name);
        using var netns = new ForeignNetns(lab.Name);
        lab.TryUp().Exit.Should().Be(1);
        netns.ShouldStand();
        lab.TryDown();
        netns.ShouldStand();
        Machine.Engines(lab.Name).Should().BeEmpty("the engine was ours");
        File.Exists(lab.ResolvConf).Should().BeFalse();
    }

    [Test]
    public void A_netns_of_somebody_elses_that_got_the_number_of_ours_is_not_ours()
    {
        using var lab = new Lab { Extra = "engine = \"wireguard-go\"" };
        lab.Save();
        lab.Up();
        Tool.Run("kill", "-9", Machine.Engine(lab.Name).ToString(CultureInfo.InvariantCulture));
        Tool.Run("ip", "netns", "delete", lab.Name);
        using var netns = new ForeignNetns(lab.Name);
        Tool.Run("ip", "netns", "exec", lab.Name, "nft", "add table inet theirs");

        // The kernel gives the lowest number that is free, which mostly is that of the netns before; other tests take numbers, too.
        File.WriteAllText(lab.State, Regex.Replace(File.ReadAllText(lab.State), "\"inode\": [0-9]+", $"\"inode\": {netns.Number}"));

        var exec = Cli.Run("exec", lab.Name, "--", "true");
        exec.Exit.Should().Be(1, "nobody knows where it leads");
        exec.Errors.Should().Contain("was not made by wgns");
        lab.TryUp().Exit.Should().Be(1);
        Machine.Ruleset(lab.Name).Should().NotBeEmpty();
        lab.TryDown("--force");
        netns.ShouldStand();
    }

    [Test]
    public void A_namespace_that_a_run_meant_to_make_and_did_not_is_not_entered()
    {
        using var lab = new Lab();
        lab.Up();
        File.WriteAllText(lab.State, Regex.Replace(File.ReadAllText(lab.State), "\"netns\": \\{[^}]*\\}", "\"netns\": null"));
        var exec = Cli.Run("exec", lab.Name, "--", "true");
        exec.Exit.Should().Be(1);
        exec.Errors.Should().Contain("is not made to its end").And.Contain($"wgns up {lab.Name}");
        lab.Up();
        Cli.Do("exec", lab.Name, "--", "true");
    }

    [Test]
    public void A_link_that_somebody_put_in_the_place_of_our_directory_stays_where_down_finds_it()
    {
        using var lab = new Lab();
        lab.Up();
        var target = Directory.CreateDirectory(Path.Combine(lab.Directory, "target")).FullName;
        var link = $"/etc/netns/{lab.Name}";
        Directory.Delete(link, recursive: true);
        File.CreateSymbolicLink(link, target);
        try
        {
            lab.Down();
            Machine.Link(link).Should().Be(target);
        }
        finally
        {
            File.Delete(link);
        }
    }

    private sealed class ForeignNetns : IDisposable
    {
        private readonly string _name;
        private readonly string _inode;

        internal ForeignNetns(string name)
        {
            _name = name;
            Tool.Run("ip", "netns", "add", name);
            _inode = Inode();
        }

        internal string Number => _inode;

        internal void ShouldStand() => Inode().Should().Be(_inode);

        public void Dispose() => Tool.Ask("ip", "netns", "delete", _name);

        private string Inode() => Tool.Run("stat", "-L", "-c", "%i", $"/run/netns/{_name}");
    }

    private sealed class ForeignFile : IDisposable
    {
        private readonly string _path;
        private readonly string _text;

        internal ForeignFile(string path, string text)
        {
            (_path, _text) = (path, text);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        internal void ShouldStand() => File.ReadAllText(_path).Should().Be(_text);

        public void Dispose()
        {
            File.Delete(_path);
            Tool.Ask("rmdir", Path.GetDirectoryName(_path)!);
        }
    }
}
