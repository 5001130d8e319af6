using System.Text.Json;

namespace Wgns.Tests.Privileged.Rootless;

/// <summary>Namespaces that a user keeps.</summary>
public sealed class KeepTests
{
    [Test]
    public void A_kept_namespace_is_entered_listed_looked_at_and_taken_down_by_its_user()
    {
        using var lab = new Lab(withProvider: true);
        var person = new Person(lab);

        person.Do("run", "--keep", "mine", lab.Config).Should().Contain("mine is up");

        Entry(person).GetProperty("state").GetString().Should().Be("up");
        person.Do("exec", "mine", "--", "ping", "-c1", "-W5", "10.99.0.1").Should().Contain("1 received");
        person.Ask("verify", "mine").Output.Should().Contain("ok      links: only lo").And.Contain("AF_VSOCK: cannot be made").And.Contain("configuration: ");
        person.Do("down", "mine").Should().Contain("mine is down");
        person.HasNobody().Should().BeTrue();
        person.Files().Should().BeEmpty("with the last one its directory goes");
    }

    /// <summary>Without a session it is in /tmp, where anybody may be the first to make it.</summary>
    [Test]
    public void What_another_put_in_the_place_of_a_users_directory_is_not_believed()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        Directory.CreateDirectory(person.Root);
        var record = $"{person.Root}/x.json";
        File.WriteAllText(
            record, $$"""{"version":1,"namespace":"x","config":"","netns":null,"files":["{{lab.KeyFile}}"],"directories":[],"interfaces":[],"hostLinks":[]}""");
        Tool.Run("chmod", "-R", "a+rwX", person.Root);

        foreach (var words in (string[][])[["down", "x"], ["list"], ["status"], ["status", "x"], ["exec", "x", "--", "true"], ["run", "--keep", "x", lab.Config]])
        {
            var answer = person.Ask(words);
            answer.Exit.Should().Be(1, string.Join(' ', words));
            answer.Errors.Should().Contain("must be a directory of yours alone", string.Join(' ', words));
        }

        File.Exists(lab.KeyFile).Should().BeTrue("whoever wrote the record would have had it removed");
        person.Files().Where(File.Exists).Should().Equal(record);
    }

    [Test]
    public void A_file_in_the_place_of_a_users_directory_is_named()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        File.WriteAllText(person.Root, string.Empty);

        foreach (var words in (string[][])[["list"], ["status", "x"], ["run", "--keep", "x", lab.Config], ["run", lab.Config, "true"]])
        {
            var answer = person.Ask(words);
            answer.Exit.Should().Be(1, string.Join(' ', words));
            answer.Errors.Should().Contain($"{person.Root} must be a directory of yours alone", string.Join(' ', words));
        }
    }

    [Test]
    public void A_second_down_finds_nothing_to_do_as_roots_does()
    {
        using var lab = new Lab();
        var person = Keep(lab);
        person.Do("down", "mine").Should().Contain("mine is down");

        person.Do("down", "mine").Should().Be(Cli.Do("down", "mine")).And.Be("mine is not up, nothing to do\n");

        person.Do("down", "--force", "mine").Should().Contain("nothing to do");
        person.Files().Should().BeEmpty();
        var wrong = person.Ask("down", "a b");
        wrong.Exit.Should().Be(Cli.Run("down", "a b").Exit).And.Be(2);
        wrong.Errors.Should().Be(Cli.Run("down", "a b").Errors);
    }

    [Test]
    public void A_down_of_what_is_the_machines_still_needs_root()
    {
        using var lab = new Lab();
        lab.Up();
        var person = new Person(lab);
        using var stranger = new TestNetns();

        foreach (var name in new[] { lab.Name, stranger.Name })
        {
            var answer = person.Ask("down", name);
            answer.Exit.Should().Be(1);
            answer.Errors.Should().Contain($"you have no namespace {name}, and the machine's take root");
        }
    }

    [Test]
    public void From_the_first_moment_it_is_up_and_a_handshake_that_has_not_happened_is_no_drift()
    {
        // Its provider does not answer.
        using var lab = new Lab();
        var person = new Person(lab);
        person.Do("run", "--keep", "mine", lab.Config);

        for (var i = 0; i < 10; i++)
        {
            person.Do("status", "mine").Should().Contain("mine (up)").And.Contain("latest handshake: none yet: ").And.NotContain("drift");
            person.Do("reload", "mine").Should().Contain("nothing to do");
        }

        // The keeper asks for a handshake by itself.
        Until.True(() => person.Do("status", "mine").Contains("latest handshake: none yet: the peer has not answered", StringComparison.Ordinal)).Should().BeTrue();
        person.Do("down", "mine");
    }

    [Test]
    public void Verify_says_of_a_unix_socket_to_another_users_process_that_only_root_is_told()
    {
        using var lab = new Lab(withProvider: true);
        var person = new Person(lab);
        using var others = new Running("python3", ["-c", $"""
            import os, socket, time
            listener = socket.socket(socket.AF_UNIX)
            listener.bind("{lab.Directory}/others")
            listener.listen()
            os.chmod("{lab.Directory}/others", 0o666)
            print("listening", flush=True)
            caller = listener.accept()
            time.sleep(60)
            """]);
        others.Hear("listening");
        person.Do("run", "--keep", "mine", lab.Config);
        using var command = person.Wgns("exec", "mine", "--", "python3", "-c", $"""
            import socket, time
            s = socket.socket(socket.AF_UNIX)
            s.connect("{lab.Directory}/others")
            print("connected", flush=True)
            time.sleep(60)
            """);
        command.Hear("connected");

        person.Ask("verify", "mine").Words.Should().Contain($"python3 ({others.Pid}), another user's").And.Contain("links: only lo");

        command.Signal("KILL").End();
        person.Do("down", "mine");
    }

    [Test]
    public void A_disk_that_is_full_for_a_while_ends_no_kept_namespace()
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        var person = new Person(lab);
        Tool.Run("mount", "-t", "tmpfs", "-o", $"mode=700,size=256k,uid={Person.Uid},gid={Person.Uid}", "full", person.Runtime);
        try
        {
            person.Do("run", "--keep", "mine", lab.Config);
            var log = $"{person.Root}/mine.log";
            Until.True(() => File.ReadAllText(log).Contains("is up", StringComparison.Ordinal)).Should().BeTrue();
            var keeper = Person.Processes("__keeper.*" + lab.Config).Should().ContainSingle().Subject;
            var engine = Person.Processes("__engine.*" + lab.Directory).Should().ContainSingle().Subject;

            // What a page has room for is still taken: the log begins a new one.
            Tool.Ask("sh", "-c", $": > {log}; cat /dev/zero > {person.Runtime}/full");
            Person.Kill(engine);
            Thread.Sleep(3000);

            Person.Processes("__keeper.*" + lab.Config).Should().Equal(keeper);
            File.Delete($"{person.Runtime}/full");
            person.Do("reload", "mine");
            Person.Processes("__engine.*" + lab.Directory).Should().ContainSingle().Which.Should().NotBe(engine);
            person.Do("down", "mine");
        }
        finally
        {
            person.Dispose();
            Tool.Run("umount", "--lazy", person.Runtime);
        }
    }

    [Test]
    public void Engines_that_were_killed_leave_no_zombies_with_the_keeper()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        person.Do("run", "--keep", "mine", lab.Config);
        var keeper = Person.Processes("__keeper.*" + lab.Config).Should().ContainSingle().Subject;
        for (var i = 0; i < 3; i++)
        {
            var engine = person.Engine();
            Person.Kill(engine);
            person.AwaitAnotherEngine(engine);
        }

        Until.True(() => !Tool.Run("ps", "-o", "stat=", "--ppid", Person.Text(keeper)).Contains('Z', StringComparison.Ordinal)).Should().BeTrue();
        person.Do("down", "mine");
    }

    [Test]
    public void An_engine_that_is_killed_is_started_again_and_the_same_connection_goes_on()
    {
        using var lab = new Lab(withProvider: true);
        var person = Keep(lab);
        using var command = person.Wgns("exec", "mine", "--", "python3", "-c", """
            import json, socket, subprocess, sys
            connection = socket.create_connection(("10.99.0.1", 7))
            def ip(*words): return json.loads(subprocess.check_output(["ip", "-j", *words]))
            for line in sys.stdin:
                connection.sendall(b"x")
                answer = connection.recv(1)
                links = sorted(f"{l['ifindex']} {l['ifname']} {sorted(a['local'] for a in l['addr_info'])}" for l in ip("address"))
                routes = sorted(f"{r['dst']} {r['dev']}" for v in ("-4", "-6") for r in ip(v, "route"))
                print(line.strip(), answer, links, routes, flush=True)
            """);
        var look = command.Say("0").Hear("0 b'x'")[1..];
        look.Should().Contain(lab.Name).And.Contain("10.99.0.2").And.Contain("default");
        for (var i = 1; i < 4; i++)
        {
            var engine = person.Engine();
            Person.Kill(engine);
            person.AwaitAnotherEngine(engine);
            command.Say(Person.Text(i)).Hear($"{i} b'x'")[1..].Should().Be(look);
        }

        command.End().Exit.Should().Be(0);
        person.Do("down", "mine");
        person.HasNobody().Should().BeTrue();
        person.Files().Should().BeEmpty();
    }

    [Test]
    public void Status_without_a_name_shows_all_that_are_the_users_own()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        person.Do("run", "--keep", "mine", lab.Config);
        person.Do("run", "--keep", "other", lab.Config);

        person.Do("status").Should().Contain("namespace: mine (up)").And.Contain("namespace: other (up)").And.Contain($"interface: {lab.Name}");
        Names(person.Do("status", "--json")).Should().Equal("mine up", "other up");

        Person.Kill(Person.Processes("__keeper.*mine.*" + lab.Config)[0]);
        Until.True(() => Person.Processes("__keeper.*mine.*" + lab.Config).Count == 0).Should().BeTrue();
        var partly = person.Ask("status", "--json");
        partly.Exit.Should().Be(1, "not all are up");
        Names(partly.Output).Should().Equal("mine down", "other up");
        person.Do("down", "mine");
        person.Do("down", "other");
    }

    [Test]
    public void Status_without_a_name_tells_of_those_of_the_machine_that_they_need_root()
    {
        using var machines = new Lab();
        machines.Up();
        using var lab = new Lab();
        var person = new Person(lab);
        var none = person.Ask("status");
        (none.Exit, none.Output).Should().Be((1, string.Empty));
        none.Errors.Should().Contain("you have no namespace of your own").And.Contain(machines.Name).And.Contain("sudo wgns status");

        person.Do("run", "--keep", "mine", lab.Config);
        person.Do("status").Should().Contain("namespace: mine (up)").And.MatchRegex($"the machine's take root: .*{machines.Name}");
        Names(person.Do("status", "--json")).Should().Equal("mine up");
        person.Do("down", "mine");
    }

    private static IEnumerable<string> Names(string json) =>
        JsonDocument.Parse(json).RootElement.GetProperty("namespaces").EnumerateArray()
            .Select(n => $"{n.GetProperty("name").GetString()} {n.GetProperty("state").GetString()}");

    [Test]
    public void After_its_command_it_stays_and_a_second_of_that_name_is_refused()
    {
        using var lab = new Lab();
        var person = new Person(lab);

        person.Ask("run", "--keep", "mine", lab.Config, "--", "sh", "-c", "exit 3").Exit.Should().Be(3);

        var second = person.Ask("run", "--keep", "mine", lab.Config);
        (second.Exit, second.Errors.Split('\n')[0]).Should().Be((1, "wgns: error: mine is up already"));
        person.Ask("down", lab.Config).Errors.Should().Contain("`wgns down NAME`");
        person.Do("exec", "mine", "--", "true");
        person.Do("down", "mine");
    }

    [Test]
    public void Down_with_a_command_inside_closes_it_and_leaves_it_the_namespace()
    {
        using var lab = new Lab(withProvider: true);
        var person = Keep(lab);
        using var command = person.Wgns("exec", "mine", "--", "sh", "-c", "echo ready; read x; ip -br link");
        command.Hear("ready");

        var down = person.Ask("down", "mine");

        down.Exit.Should().Be(1);
        down.Errors.Should().Contain("stays for the processes inside");
        Entry(person).GetProperty("state").GetString().Should().Be("closed");
        command.Say("go");
        command.End().Output.Should().Contain("lo").And.NotContain(lab.Name);
        person.HasNobody().Should().BeTrue("with the last command the namespace goes");
    }

    [Test]
    public void After_its_keeper_was_killed_it_is_down_and_can_be_made_anew_and_forgotten()
    {
        using var lab = new Lab(withProvider: true);
        var person = Keep(lab);
        KillKeeper(person, lab);

        Entry(person).GetProperty("state").GetString().Should().Be("down");
        person.Ask("exec", "mine", "--", "true").Errors.Should().Contain("the process that held it has ended");
        person.Do("run", "--keep", "mine", lab.Config, "--", "ping", "-c1", "-W5", "10.99.0.1").Should().Contain("1 received");
        KillKeeper(person, lab);

        person.Do("down", "mine");
        person.Files().Should().BeEmpty("with the last one its directory goes");
    }

    [Test]
    public void A_reload_changes_what_the_file_changed_and_drops_nothing()
    {
        using var lab = new Lab(withProvider: true);
        var person = Keep(lab);
        using var command = person.Wgns("exec", "mine", "--", "sh", "-c", Looks);
        command.Hear("1: nameserver 10.99.0.1");
        command.Hear("1: 1 packets transmitted, 1 received");
        var engine = person.Engine();
        var keeper = Person.Processes("__keeper.*" + lab.Config).Should().ContainSingle().Subject;

        // The keepalive that provoked the handshake is taken back a moment after it, by the keeper or by the first of these.
        person.Do("reload", "mine");
        person.Do("reload", "mine").Should().Contain("mine is up already, nothing to do");

        lab.Dns = "dns_server = [\"10.99.0.1\", \"10.99.0.7\"]";
        lab.MorePeers = "[[peers]]\npublicKey = \"xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\"\nallowedIPs = [\"192.0.2.64/26\"]\n";
        lab.Save();
        person.Own();

        // The keeper, told by the reload before, may have read the file by now.
        person.Do("reload", "mine").Should().Contain("mine is up");

        // The supervisor would put back within the second what it takes for a drift.
        Thread.Sleep(1500);
        command.Say("go").Hear("2: nameserver 10.99.0.7");
        command.Hear("2: 192.0.2.64/26 dev");
        command.Hear("2: 1 packets transmitted, 1 received");
        person.Do("reload", "mine").Should().Contain("nothing to do");
        person.Engines().Should().Equal(engine);
        Person.Processes("__keeper.*" + lab.Config).Should().Equal(keeper);
        person.Do("status", "mine", "--json").Should().Contain("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=").And.Contain("latestHandshake");
        command.End().Exit.Should().Be(0);
        person.Do("down", "mine");
        person.HasNobody().Should().BeTrue();
    }

    /// <summary>What somebody inside sees, round by round, as long as it is told to look again.</summary>
    private const string Looks = "n=1; while :; do { cat /etc/resolv.conf; ip route show table all; ping -c1 -W5 10.99.0.1; } | sed \"s/^/$n: /\"; read x || exit 0; n=$((n+1)); done";

    [Test]
    public void A_reload_that_cannot_be_leaves_everything_as_it_was()
    {
        using var lab = new Lab();
        var person = Keep(lab);
        lab.Extra = "fwMark = 7";
        lab.Save();
        person.Own();

        var refused = person.Ask("reload", "mine");
        refused.Exit.Should().Be(2);
        refused.Errors.Should().Contain("fwMark needs root");
        person.Ask("reload", "other").Errors.Should().Contain("you have no namespace other");
        person.Ask("reload", lab.Config).Errors.Should().Contain("`wgns reload NAME`");

        Entry(person).GetProperty("state").GetString().Should().Be("up");
        person.Do("exec", "mine", "--", "true");
        person.Do("down", "mine");
    }

    [Test]
    public void Of_two_that_make_one_of_a_name_at_once_one_has_it_and_the_other_is_told()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var one = person.Wgns("run", "--keep", "mine", lab.Config);
        using var other = person.Wgns("run", "--keep", "mine", lab.Config);
        Answer[] ends = [one.End(), other.End()];

        ends.Select(e => e.Exit).Should().BeEquivalentTo([0, 1], "{0}", string.Concat(ends.Select(e => e.Words)));
        ends.Single(e => e.Exit == 0).Output.Should().StartWith("mine is up; `wgns exec mine ");
        ends.Single(e => e.Exit == 1).Errors.Should().Contain("wgns: error: mine is up already");
        person.Do("exec", "mine", "--", "true");
        Entry(person).GetProperty("state").GetString().Should().Be("up");
        person.Do("down", "mine");
        person.HasNobody().Should().BeTrue();
        person.Files().Should().BeEmpty();
    }

    [Test]
    public void A_damaged_record_is_listed_as_unknown_and_hides_no_other()
    {
        using var lab = new Lab();
        var person = Keep(lab);
        File.WriteAllText($"{person.Root}/broken.json", "{");

        person.Do("list").Should().MatchRegex(@"(?m)^broken +unknown$").And.MatchRegex(@"(?m)^mine +up ");

        File.Delete($"{person.Root}/broken.json");
        person.Do("down", "mine");
    }

    [Test]
    public void While_another_command_works_on_the_name_it_waits_and_says_so_beside_its_output()
    {
        using var lab = new Lab();
        var person = Keep(lab);
        KillKeeper(person, lab);
        using var other = person.Start("flock", $"{person.Root}/mine.lock", "sh", "-c", "echo works; read x");
        other.Hear("works");
        using var run = person.Start("sh", "-c", "\"$0\" run --keep mine \"$1\" 3>&1 2>&3 >up", person.Program, lab.Config);
        run.Hear("waiting for another wgns that works on mine").Should().Be("waiting for another wgns that works on mine");
        other.Say("done");
        other.End();

        run.End().Exit.Should().Be(0);
        File.ReadAllText($"{lab.Directory}/up").Should().StartWith("mine is up; `wgns exec mine ");
        person.Do("down", "mine");
        person.HasNobody().Should().BeTrue();
    }

    [TestCase("xyzzy = 1")]
    [TestCase("ips = [")]
    public void One_that_cannot_be_made_leaves_nothing_and_takes_nothing_of_the_sessions_along(string wrong)
    {
        using var lab = new Lab();
        var person = new Person(lab);
        File.WriteAllText(lab.Config, wrong);

        person.Ask("run", "--keep", "mine", lab.Config).Exit.Should().Be(2);

        Directory.Exists(person.Runtime).Should().BeTrue("XDG_RUNTIME_DIR is not wgns's to remove, though it be empty");
        person.Files().Should().BeEmpty();
    }

    private static Person Keep(Lab lab)
    {
        var person = new Person(lab);
        person.Do("run", "--keep", "mine", lab.Config);
        return person;
    }

    private static void KillKeeper(Person person, Lab lab)
    {
        Person.Kill(Person.Processes("__keeper.*" + lab.Config)[0]);
        person.HasNobody().Should().BeTrue("the engine ends with it");
    }

    private static JsonElement Entry(Person person) =>
        JsonDocument.Parse(person.Do("list", "--json")).RootElement.GetProperty("namespaces").EnumerateArray().Single();
}
