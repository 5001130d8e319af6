namespace Wgns.Tests.Privileged.Rootless;

/// <summary>`wgns attach`: namespaces that other programs made.</summary>
public sealed class AttachTests
{
    private static readonly string[] Unshare = ["unshare", "-Urn"];

    private static readonly string[] Bubblewrap =
        ["bwrap", "--unshare-user", "--unshare-net", "--bind", "/", "/", "--dev", "/dev", "--proc", "/proc"];

    private static IEnumerable<TestCaseData> Makers() => [new TestCaseData((object)Unshare), new TestCaseData((object)Bubblewrap)];

    [TestCaseSource(nameof(Makers))]
    public void A_namespace_that_another_program_made_without_root_gets_its_tunnel(string[] maker)
    {
        Tool.Needs(maker[0]);
        using var lab = new Lab(withProvider: true);
        var person = new Person(lab);
        using var container = person.Start([.. maker, "sh", "-c", "echo ready; read x; ping -c1 -W5 10.99.0.1; read x; ip -br link; ip -br address"]);
        container.Hear("ready");
        using var attached = person.Attach(Inside(container), untilInputEnds: true);

        person.AwaitAttached();
        container.Say("go").Hear("1 packets transmitted, 1 received");

        // The other end of --exit-fd is its standard input.
        attached.End().Exit.Should().Be(0);
        container.Say("go");
        container.End().Output.Should().Contain("lo").And.NotContain(lab.Name, "the tunnel is gone, and the namespace is closed");
        person.HasNobody().Should().BeTrue();
        person.Files().Should().BeEmpty();
    }

    /// <summary>Who made a user namespace has every right over what is in it, whoever that is outside.</summary>
    [Test]
    public void Root_starts_nothing_in_the_user_namespace_of_somebody_else()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var container = person.Start([.. Unshare, "sh", "-c", "echo ready; read x"]);
        container.Hear("ready");

        var answer = Cli.Run("attach", "--pid", Person.Text(Inside(container)), lab.Config);

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("is another user's").And.Contain("sudo -u USER wgns attach");
    }

    [Test]
    public void It_ends_with_the_process_that_it_was_attached_to()
    {
        using var lab = new Lab(withProvider: true);
        var person = new Person(lab);
        using var container = person.Start([.. Unshare, "sh", "-c", "echo ready; read x"]);
        container.Hear("ready");
        using var attached = person.Attach(Inside(container));
        person.AwaitAttached();

        container.End("go\n");

        Until.True(() => attached.HasEnded).Should().BeTrue();
        attached.End().Exit.Should().Be(0);
        person.HasNobody().Should().BeTrue();
    }

    [Test]
    public void What_it_left_when_all_of_it_was_killed_is_closed_and_the_next_takes_it_away()
    {
        using var lab = new Lab(withProvider: true);
        var person = new Person(lab);
        using var container = person.Start([.. Unshare, "sh", "-c", "echo ready; while read x; do echo $x; ip -br link; ping -c1 -W$x 10.99.0.1; done"]);
        container.Hear("ready");
        using var killed = person.Attach(Inside(container), untilInputEnds: true);
        person.AwaitAttached();
        container.Say("5").Hear("1 packets transmitted, 1 received");
        var seen = lab.Provider!.Seen;

        // Stopped first, it cannot end in order when its keeper does.
        var engine = person.Engine();
        Tool.Run("kill", "-STOP", Person.Text(engine));
        foreach (var pid in Person.Processes("__keeper.*" + lab.Config).Append(engine))
        {
            Person.Kill(pid);
        }

        killed.End();
        Until.True(() => !Within.Run($"/proc/{Inside(container)}/ns/net", "ip", "-br", "link", "show", lab.Name).Contains("LOWER_UP"))
            .Should().BeTrue("the kernel closes what a killed process had open, in its time");
        container.Say("1").Hear("1 packets transmitted, 0 received");
        container.Lines().Split($"\n{lab.Name} ")[^1].Split('\n')[0].Should().Contain("POINTOPOINT").And.NotContain("LOWER_UP");
        lab.Provider.Seen.Should().Be(seen, "nobody takes packets out of it");

        using var attached = person.Attach(Inside(container), untilInputEnds: true);
        person.AwaitAttached();
        container.Say("6").Hear("6");
        Until.True(() => container.Lines().Split("1 packets transmitted, 1 received").Length == 3).Should().BeTrue();
        attached.End().Exit.Should().Be(0);
        container.End().Exit.Should().Be(0);
        person.HasNobody().Should().BeTrue();
    }

    [Test]
    public void A_tunnel_that_its_user_keeps_is_left_alone_also_in_the_moment_when_its_engine_is_dead()
    {
        using var lab = new Lab(withProvider: true);
        var person = new Person(lab);
        person.Do("run", "--keep", "mine", lab.Config);
        using var command = person.Wgns("exec", "mine", "--", "sh", "-c", "echo ready; while read x; do until ping -c1 -W1 10.99.0.1; do sleep 0.2; done; done");
        command.Hear("ready");
        var inside = Person.Processes("while read x; do until ping").Single(p => Machine.Link($"/proc/{Person.Text(p)}/ns/net") != Machine.Link("/proc/self/ns/net"));
        var keeper = Person.Processes("__keeper.*" + lab.Config).Should().ContainSingle().Subject;
        var engine = person.Engine();
        string Link() => Within.Run($"/proc/{inside}/ns/net", "ip", "-br", "link", "show", lab.Name);
        Tool.Run("kill", "-STOP", Person.Text(keeper));
        Person.Kill(engine);
        Until.True(() => !Link().Contains("LOWER_UP")).Should().BeTrue();

        var answer = person.Ask("attach", "--pid", Person.Text(inside), lab.Config);

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain($"the device {lab.Name} inside belongs to the namespace mine of process {keeper}");
        Link().Should().Contain("POINTOPOINT");
        Tool.Run("kill", "-CONT", Person.Text(keeper));
        Until.True(() => Link().Contains("LOWER_UP"), 20).Should().BeTrue();

        // Its engine has the device now, and its peers in a moment.
        command.Say("go").Hear("1 packets transmitted, 1 received");
        command.End().Exit.Should().Be(0);
        person.Do("down", "mine");
        person.HasNobody().Should().BeTrue();
    }

    /// <summary>Who may ping there reads as groups that are not there, and one group alone leaves no way to write that down.</summary>
    [Test]
    public void What_fails_half_way_is_taken_back_without_a_word_of_what_cannot_be()
    {
        using var lab = new Lab { Ips = "[\"10.99.0.2/32\", \"ff02::5/128\"]" };
        lab.Save();
        var person = new Person(lab);
        using var container = person.Start([.. Unshare, "sh", "-c", "echo ready; read x; ip -br link; nft list ruleset"]);
        container.Hear("ready");

        var answer = person.Ask("attach", "--pid", Person.Text(Inside(container)), lab.Config);

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain($"what this run had done to {lab.Name} was taken back").And.NotContain("ping_group_range").And.NotContain("wgns down");
        container.Say("go");
        container.End().Output.Should().NotContain(lab.Name).And.NotContain("table");
        person.HasNobody().Should().BeTrue();
    }

    [Test]
    public void Its_process_may_end_at_any_moment_and_nothing_is_left()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        foreach (var moment in new[] { 0, 3, 6, 10, 15, 20, 30, 45, 60, 90, 150, 300 })
        {
            using var container = person.Start([.. Unshare, "sh", "-c", "echo ready; read x"]);
            container.Hear("ready");
            using var attached = person.Wgns("attach", "--pid", Person.Text(Inside(container)), lab.Config);
            Thread.Sleep(moment);
            container.End("go\n");

            Until.True(() => attached.HasEnded).Should().BeTrue($"the process has ended, {moment} ms after the start");
            attached.End().Exit.Should().BeOneOf(0, 1);
            person.HasNobody().Should().BeTrue($"{moment}");
            person.LeavesNoFile().Should().BeTrue($"{moment}");
        }
    }

    [Test]
    public void One_that_has_another_way_out_is_refused()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var container = person.Start([.. Unshare, "sh", "-c", "ip link add way0 type veth peer name way1 && ip link set way0 up && echo ready; read x"]);
        container.Hear("ready");

        var answer = person.Ask("attach", "--pid", Person.Text(Inside(container)), lab.Config);

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("has other ways out already: way0");
        person.Files().Should().BeEmpty();
    }

    [Test]
    public void A_word_to_exit_fd_ends_it_as_slirp4netns_has_it()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var container = person.Start([.. Unshare, "sh", "-c", "echo ready; read x"]);
        container.Hear("ready");
        using var attached = person.Attach(Inside(container), untilInputEnds: true, then: "echo ended $?");
        person.AwaitAttached();

        attached.Say("x").Hear("ended 0");

        Until.True(() => person.Engines().Count == 0).Should().BeTrue();
        person.LeavesNoFile().Should().BeTrue();
    }

    [Test]
    public void Descriptors_that_it_was_not_given_and_one_for_both_are_refused_before_anything_is_done()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        foreach (var (descriptors, words) in new[]
        {
            ("--ready-fd 77", "--ready-fd is 77, which is no open descriptor"), ("--exit-fd 77", "--exit-fd is 77, which is no open descriptor"),
            ("--ready-fd -1", "-1"), ("--ready-fd 5 --exit-fd 5", "both 5"),
        })
        {
            using var attach = person.Start("sh", "-c", $"\"$0\" attach --pid 1 {descriptors} \"$1\" 5>/dev/null", person.Program, lab.Config);
            var answer = attach.End();
            answer.Exit.Should().Be(2, answer.Words);
            answer.Errors.Should().Contain(words);
        }

        // What the program has opened itself is not the caller's to write to.
        using var own = person.Start(
            "bash", "-c", "for n in {3..40}; do eval \"exec $n>&-\"; done; for n in {3..40}; do \"$0\" attach --pid 1 --ready-fd $n \"$1\" 2>&1 | grep -v -e 'no open descriptor' -e help; done", person.Program, lab.Config);
        own.End().Output.Should().BeEmpty();
    }

    [Test]
    public void A_reader_of_ready_fd_that_has_gone_ends_it_and_nothing_is_left()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var container = person.Start([.. Unshare, "sh", "-c", "echo ready; read x"]);
        container.Hear("ready");
        using var attach = person.Start(
            "bash", "-c", "exec 5> >(:); sleep 0.3; \"$0\" attach --pid \"$1\" --ready-fd 5 \"$2\"", person.Program, Person.Text(Inside(container)), lab.Config);
        var answer = attach.End();
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("write to a descriptor");
        Until.True(() => person.Engines().Count == 0).Should().BeTrue();
        person.LeavesNoFile().Should().BeTrue();
    }

    [Test]
    public void The_machines_own_namespace_and_what_is_no_process_are_refused()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var own = person.Start("sh", "-c", "echo ready; read x");
        own.Hear("ready");

        person.Ask("attach", "--pid", Person.Text(own.Pid), lab.Config).Errors.Should().Contain("is in this very network namespace");
        person.Ask("attach", "--pid", "1", lab.Config).Errors.Should().Contain("process 1 is not yours to look into");
        person.Ask("attach", "--pid", "4000000", lab.Config).Errors.Should().Contain("there is no process 4000000");
        person.Ask("attach", "--ready-fd", "77", "--pid", Person.Text(own.Pid), lab.Config).Errors.Should().Contain("no open descriptor");
    }

    /// <summary>The process inside: bwrap stays outside as its parent.</summary>
    private static int Inside(Running container)
    {
        var pid = container.Pid;
        while (Tool.Ask("pgrep", "-P", Person.Text(pid)).Output.Split('\n')[0] is { Length: > 0 } child)
        {
            pid = int.Parse(child, System.Globalization.CultureInfo.InvariantCulture);
        }

        return pid;
    }
}
