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
        if (Tool.Ask("sh", "-c", $"command -v {maker[0]}").Exit != 0)
        {
            Assert.Ignore($"{maker[0]} is not installed");
        }

        using var lab = new Lab(withProvider: true);
        var person = new Person(lab);
        using var container = person.Start([.. maker, "sh", "-c", "echo ready; read x; ping -c1 -W5 10.99.0.1; read x; ip -br link; ip -br address"]);
        container.Hear("ready");
        using var attached = Attach(person, lab, Inside(container), "echo $?");

        Until.True(() => File.Exists(Ready(lab)) && File.ReadAllText(Ready(lab)) == "1", 20).Should().BeTrue("--ready-fd is written when the tunnel stands");
        container.Say("go").Hear("1 packets transmitted, 1 received");

        // --exit-fd: its other end is this shell's standard input.
        attached.End().Exit.Should().Be(0);
        container.Say("go");
        container.End().Output.Should().Contain("lo").And.NotContain(lab.Name, "the tunnel is gone, and the namespace is closed");
        person.HasNobody().Should().BeTrue();
        person.Files().Should().BeEmpty();
    }

    [Test]
    public void It_ends_with_the_process_that_it_was_attached_to()
    {
        using var lab = new Lab(withProvider: true);
        var person = new Person(lab);
        using var container = person.Start([.. Unshare, "sh", "-c", "echo ready; read x"]);
        container.Hear("ready");
        using var attached = person.Wgns("attach", "--pid", Person.Text(Inside(container)), lab.Config);
        Until.True(() => Person.Processes("__engine.*" + lab.Directory).Count > 0).Should().BeTrue();
        Thread.Sleep(300);

        container.End("go\n");

        Until.True(() => attached.HasEnded).Should().BeTrue();
        attached.End().Exit.Should().Be(0);
        person.HasNobody().Should().BeTrue();
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
    public void The_machines_own_namespace_and_what_is_no_process_are_refused()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var own = person.Start("sh", "-c", "echo ready; read x");
        own.Hear("ready");

        person.Ask("attach", "--pid", Person.Text(own.Pid), lab.Config).Errors.Should().Contain("is in this very network namespace");
        person.Ask("attach", "--pid", "4000000", lab.Config).Errors.Should().Contain("there is no process 4000000");
        person.Ask("attach", "--ready-fd", "77", "--pid", Person.Text(own.Pid), lab.Config).Errors.Should().Contain("no open descriptor");
    }

    private static string Ready(Lab lab) => Path.Combine(lab.Directory, "ready");

    private static Running Attach(Person person, Lab lab, int pid, string then) => person.Start(
        "sh", "-c", $"\"$0\" attach --pid {Person.Text(pid)} --ready-fd 5 --exit-fd 6 \"$1\" 5>ready 6<&0 </dev/null; {then}", person.Program, lab.Config);

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
