using System.Net.Sockets;
using Wgns.Tests.Privileged.Forwarding;

namespace Wgns.Tests.Privileged.Rootless;

/// <summary>`wgns run` as an ordinary user.</summary>
public sealed class RunTests
{
    [Test]
    public void A_user_without_root_reaches_the_provider_by_the_tunnel_alone()
    {
        using var lab = new Lab(withProvider: true);
        var person = new Person(lab);

        var answer = person.Inside("sh", "-c", "ip -br link; ip route get 192.0.2.77; ping -c1 -W5 10.99.0.1; ping -6 -c1 -W5 fd99::1; cat /etc/resolv.conf");

        answer.Output.Should().Contain(lab.Name).And.Contain($"192.0.2.77 dev {lab.Name}").And.Contain("nameserver 10.99.0.1");
        answer.Output.Split('\n').Count(l => l.Contains("1 received", StringComparison.Ordinal)).Should().Be(2, answer.Words);
        answer.Output.Should().NotContain(lab.Provider!.HostLink);
        person.Files().Should().BeEmpty("everything goes with the command");
    }

    [Test]
    public void The_command_is_the_user_and_has_no_right_over_its_namespace()
    {
        using var lab = new Lab();
        var person = new Person(lab);

        var answer = person.Inside("sh", "-c", "id -u; grep -E 'Cap|NoNew' /proc/self/status; ip link set lo down; nft flush ruleset; ls $XDG_RUNTIME_DIR/wgns; env | grep WGNS");

        answer.Output.Should().StartWith($"{Person.Uid}\n").And.Contain("CapEff:\t0000000000000000").And.Contain("CapPrm:\t0000000000000000")
            .And.Contain("CapInh:\t0000000000000000").And.Contain("NoNewPrivs:\t1").And.Contain($"WGNS_NAMESPACE={lab.Name}").And.NotContain("WGNS_ROOT");
        answer.Errors.Should().Contain("not permitted");
        answer.Errors.Split('\n').Count(l => l.Contains("not permitted", StringComparison.Ordinal)).Should().BeGreaterThanOrEqualTo(2, "neither lo nor the rules are the command's to change");
    }

    [TestCase("", 1, "cannot stay in a directory without a name")]
    [TestCase("--workdir ..", 1, "cannot stay in a directory without a name")]
    [TestCase("--workdir /tmp", 0, "/tmp")]
    public void Where_the_directory_was_removed_that_is_said_and_the_command_does_not_start_elsewhere(string options, int status, string words)
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var running = person.Start("sh", "-c", $"mkdir gone; cd gone; rmdir ../gone; exec {person.Program} run {options} {lab.Config} -- /bin/pwd");
        var answer = running.End();
        answer.Exit.Should().Be(status);
        answer.Words.Should().Contain(words);
        person.HasNobody().Should().BeTrue();
    }

    [TestCase("exit 7", 7)]
    [TestCase("kill -TERM $$", 143)]
    public void The_exit_status_is_the_commands_own(string script, int status)
    {
        using var lab = new Lab();
        new Person(lab).Inside("sh", "-c", script).Exit.Should().Be(status);
    }

    [Test]
    public void A_command_that_a_signal_ended_is_told_to_the_shell_as_such()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var shell = person.Start("bash", "-c", $"{person.Program} run {lab.Config} -- sh -c 'kill -TERM $$'; true");
        shell.End().Errors.Should().Contain("Terminated", "bash says so of what did not exit");
    }

    [Test]
    public void A_command_that_is_not_there_is_127_as_shells_have_it()
    {
        using var lab = new Lab();
        var answer = new Person(lab).Inside("no-such-command");
        (answer.Exit, answer.Errors).Should().Be((127, "wgns: error: execute no-such-command: No such file or directory\n"));
    }

    /// <summary>Daemons do, and what they start inherits it: the kernel then tells nobody how a child ended.</summary>
    [Test]
    public void Where_who_called_ignores_SIGCHLD_the_exit_status_is_the_commands_all_the_same()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var running = person.Start("env", "--ignore-signal=CHLD", person.Program, "run", lab.Config, "--", "sh", "-c", "exit 7");
        var answer = running.End();
        answer.Exit.Should().Be(7, answer.Words);
    }

    /// <summary>As of a job that is brought to the foreground again: the settings were the shell's, or another program's, before.</summary>
    [Test]
    public void When_it_is_continued_the_terminal_stays_as_the_command_has_set_it()
    {
        using var lab = new Lab();
        const string Script = "stty -icanon; kill -CONT \\$PPID; sleep 1; stty -a; echo done";
        using var shell = Within.Start(null, "script", "-qefc", $"'{Cli.Binary}' run '{lab.Config}' -- sh -c \"{Script}\"", "/dev/null");

        // The end of script's own input would be the end of the terminal's.
        Until.True(() => shell.Lines().Contains("done", StringComparison.Ordinal)).Should().BeTrue();
        shell.End().Words.Should().Contain("-icanon");
    }

    [TestCase("TERM")]
    [TestCase("INT")]
    [TestCase("USR1")]
    public void A_signal_to_wgns_is_one_to_the_command(string signal)
    {
        using var lab = new Lab();
        using var running = new Person(lab).Wgns("run", lab.Config, "--", "sh", "-c", $"trap 'echo got; exit 5' {signal}; echo ready; while :; do sleep 0.1; done");
        running.Hear("ready");

        running.Signal(signal).Hear("got");

        running.End().Exit.Should().Be(5);
    }

    [Test]
    public void Input_goes_through()
    {
        using var lab = new Lab();
        using var running = new Person(lab).Wgns("run", lab.Config, "--", "cat");
        running.End("said\n").Output.Should().Be("said\n");
    }

    /// <summary>The limit is met at another place each time, of those that the runtime survives.</summary>
    [Test]
    public void Where_no_more_threads_are_allowed_a_run_says_so_and_takes_back_what_it_had_done()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        var said = new List<string>();
        for (var limit = 3; limit < 18; limit++)
        {
            using var running = person.Start("prlimit", $"--nproc={limit}", person.Program, "run", lab.Config, "--", "true");
            said.Add(running.End().Words);
            person.HasNobody().Should().BeTrue();
        }

        // What the runtime itself gave up half way the next run clears away.
        person.Inside("true").Exit.Should().Be(0);
        person.LeavesNoFile().Should().BeTrue(string.Join(' ', person.Files()));
        said.Should().Contain(s => s.Contains("start a thread (the limits are", StringComparison.Ordinal))
            .And.NotContain(s => s.Contains("Unhandled exception", StringComparison.Ordinal));
    }

    [TestCase("run ")]
    [TestCase("__keeper")]
    public void When_any_of_it_is_killed_all_of_it_goes(string whom)
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var running = person.Wgns("run", lab.Config, "--", "sh", "-c", $"echo ready; exec tail -f {lab.Config}");
        running.Hear("ready");
        person.Engines().Should().NotBeEmpty();

        Person.Kill(Person.Processes($"{whom}.*{lab.Config}")[0]);

        person.HasNobody().Should().BeTrue("neither engine nor keeper nor command may stay");
        person.Inside("true").Exit.Should().Be(0);
        person.Files().Should().BeEmpty("the next run clears away the place that was mounted on");
    }

    /// <summary>The next run clears away the places of those that were killed.</summary>
    [Test]
    public void Another_run_leaves_the_place_of_one_that_was_killed_and_is_still_being_taken_down()
    {
        using var lab = new Lab();
        var log = Path.Combine(lab.Directory, "log");
        lab.Extra = $"hooks.preDown = [{{ command = 'echo begun >>{log}; sleep 2; echo done >>{log}' }}]";
        lab.Save();
        var person = new Person(lab);
        using var killed = person.Wgns("run", lab.Config, "--", "sh", "-c", $"echo ready; exec tail -f {lab.Config}");
        killed.Hear("ready");
        Person.Kill(Person.Processes($"run .*{lab.Config}")[0]);
        Until.True(() => File.Exists(log)).Should().BeTrue();

        person.Inside("true").Exit.Should().Be(0);

        person.HasNobody().Should().BeTrue();
        File.ReadAllText(log).Should().Contain("done");
        person.Inside("true").Exit.Should().Be(0);
        person.LeavesNoFile().Should().BeTrue(string.Join(' ', person.Files()));
    }

    [Test]
    public void What_the_command_left_in_the_background_ends_with_it()
    {
        using var lab = new Lab();
        var person = new Person(lab);

        person.Inside("sh", "-c", $"setsid tail -f {lab.Config} >/dev/null 2>&1 &").Exit.Should().Be(0);

        person.HasNobody().Should().BeTrue();
    }

    /// <summary>On the machine somebody listens at the very address that the port leads to inside.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public void A_published_port_leads_inside_and_never_to_the_machines_own_of_that_number(bool isRoot)
    {
        var port = ForwardLab.FreePort();
        using var machines = new TcpListener(System.Net.IPAddress.Loopback, 0);
        machines.Start();
        var target = $"127.0.0.1:{Person.Text(((System.Net.IPEndPoint)machines.LocalEndpoint).Port)}";
        using var lab = new Lab { MorePeers = $"[[publish]]\nlisten = \"127.0.0.1:{Person.Text(port)}\"\nconnect = \"{target}\"" };
        lab.Save();
        var person = new Person(lab);
        string[] words = ["run", lab.Config, "--", "sh", "-c", "readlink /proc/self/ns/net; echo ready; read x"];
        using var running = isRoot ? Cli.Start(words) : person.Wgns(words);
        running.Hear("ready");
        var inside = running.Hear("net:[");

        var proxy = string.Empty;
        Until.True(() => (proxy = Tool.Ask("pgrep", "-f", $" forward .*{target}").Output.Trim()).Length > 0 && Machine.Link($"/proc/{proxy}/ns/net") == inside)
            .Should().BeTrue("the proxy is where it connects");
        Until.True(() => ForwardLab.Listens(port)).Should().BeTrue();
        Until.True(() => File.ReadAllText($"/proc/{proxy}/status").Contains("CapPrm:\t0000000000000000")).Should().BeTrue("it has no right over the namespace");
        using var client = ForwardLab.Connect(port);
        Thread.Sleep(300);
        machines.Pending().Should().BeFalse();

        running.Say("go").End().Exit.Should().Be(0);
        ForwardLab.Listens(port).Should().BeFalse();
    }

    /// <summary>The kernel gives the next netns the number of one that nobody has open any more.</summary>
    [Test]
    public void Who_is_in_a_later_namespace_is_not_taken_for_left_in_this_one_by_its_number()
    {
        Tool.Needs("strace");
        using var lab = new Lab();
        using var running = Cli.Start("run", lab.Config, "--", "sh", "-c", "stat -L -c 'number %i' /proc/self/ns/net; echo ready; read x");
        running.Hear("ready");
        var number = running.Lines().Split("number ")[1].Split('\n')[0];
        var keeper = Tool.Run("pgrep", "-f", $"__keeper.*{lab.Config}").Trim();

        // Held where it has taken the name away, and has not looked yet who is left.
        using var tracer = new Running(
            "strace", ["-f", "-qq", "-o", "/dev/null", "-e", "trace=umount2", "-e", "inject=umount2:delay_exit=4000000:when=1", "-p", keeper]);
        Until.True(() => !File.ReadAllText($"/proc/{keeper}/status").Contains("TracerPid:\t0")).Should().BeTrue();
        running.Say("go");
        Until.True(() => !File.ReadAllText($"/proc/{keeper}/mountinfo").Contains($"/netns/{lab.Name} ")).Should().BeTrue();
        Thread.Sleep(1000);

        var others = Enumerable.Range(0, 5).Select(i => $"{lab.Name}-{Person.Text(i)}").ToList();
        try
        {
            others.ForEach(o => Tool.Run("ip", "netns", "add", o));
            others.Select(o => Tool.Run("stat", "-L", "-c", "%i", $"/run/netns/{o}").Trim()).Should().NotContain(number, "who is in there would be killed");
        }
        finally
        {
            others.ForEach(o => Tool.Ask("ip", "netns", "delete", o));
        }

        running.End().Exit.Should().Be(0);
    }

    [Test]
    public void An_engine_that_is_killed_is_started_anew()
    {
        using var lab = new Lab(withProvider: true);
        var person = new Person(lab);
        using var running = person.Wgns("run", lab.Config, "--", "sh", "-c", "echo ready; read x; until ping -c1 -W1 10.99.0.1; do sleep 0.2; done");
        running.Hear("ready");
        var engine = person.Engine();

        Person.Kill(engine);

        person.AwaitAnotherEngine(engine);

        // It has the device in a moment and its peers in another, and no `status` tells of a run.
        running.Say("go").Hear("1 packets transmitted, 1 received", seconds: 10);
        running.End().Exit.Should().Be(0);
    }

    [Test]
    public void Root_gets_a_namespace_that_nobody_else_sees()
    {
        using var lab = new Lab(withProvider: true);

        using var running = Cli.Start("run", lab.Config, "--", "sh", "-c", "id -u; ping -c1 -W5 10.99.0.1; echo ready; read x");
        running.Hear("1 packets transmitted, 1 received");
        running.Hear("ready");

        Machine.Traces(lab.Name).Should().BeEmpty("its name is in no mount namespace but its own");

        running.Say("go").End().Exit.Should().Be(0);
        Directory.EnumerateDirectories("/run/wgns", "run-*").Should().BeEmpty();
    }

    /// <summary>Of which an ordinary user's kernel makes no overlay.</summary>
    [Test]
    public void On_an_etc_with_mounts_in_it_the_hosts_resolvers_are_kept_out_too()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var running = new Running(
            "unshare",
            [
                "-m", "sh", "-c", "echo 192.0.2.9 mounted >h && mount --bind h /etc/hosts && exec setpriv --reuid 64321 --regid 64321 --clear-groups \"$@\"",
                "sh", person.Program, "run", lab.Config, "--", "sh", "-c", "cat /etc/resolv.conf /etc/hosts; readlink /etc/mtab; touch /etc/x; id -un 0",
            ],
            lab.Directory,
            new Dictionary<string, string?> { ["XDG_RUNTIME_DIR"] = person.Runtime });
        var answer = running.End();

        answer.Output.Should().Contain("nameserver 10.99.0.1\n").And.Contain("192.0.2.9 mounted\n").And.Contain("root\n", answer.Words);
        answer.Output.Should().Contain(new FileInfo("/etc/mtab").LinkTarget ?? string.Empty);
        answer.Errors.Should().Contain("Read-only file system");
    }

    [Test]
    public void With_subordinate_ids_there_is_a_root_of_files_and_users_alone()
    {
        Tool.Needs("newuidmap");
        Tool.Needs("newgidmap");
        using var lab = new Lab();
        var person = new Person(lab);
        var ids = Path.Combine(lab.Directory, "ids");
        File.WriteAllText(ids, $"{Person.Uid}:3000000:70000\n");
        var users = Path.Combine(lab.Directory, "users");
        File.WriteAllText(users, File.ReadAllText("/etc/passwd") + $"wgns-test:x:{Person.Uid}:{Person.Uid}::/:/bin/sh\n");
        Tool.Run("chown", "0:0", ids, users);
        Tool.Run("chmod", "644", ids, users);

        // In mounts of its own: the machine's files stay as they are.
        using var running = new Running(
            "unshare",
            [
                "-m", "sh", "-c",
                "mount --bind ids /etc/subuid && mount --bind ids /etc/subgid && mount --bind users /etc/passwd && exec setpriv --reuid 64321 --regid 64321 --clear-groups \"$@\"",
                "sh", person.Program, "run", "--user", "0:0", lab.Config, "--",
                "sh", "-c", "id -u; touch x; chown 5:5 x && stat -c %u:%g x; rm x; grep CapEff /proc/self/status; nft flush ruleset",
            ],
            lab.Directory,
            new Dictionary<string, string?> { ["XDG_RUNTIME_DIR"] = person.Runtime });
        var answer = running.End();

        answer.Words.Should().Contain("0\n5:5\n");
        answer.Output.Should().Contain("CapEff:\t00000000000000ff", answer.Words);
        answer.Errors.Should().Contain("not permitted");
    }
}
