namespace Wgns.Tests.Privileged.Leaks;

/// <summary>As <see cref="MomentTests"/>, for namespaces that an ordinary user made.</summary>
public sealed class RootlessTests
{
    private static readonly string[] s_moments =
        ["start", "steady", "the endpoint does not answer", "the engine is killed", "the keeper is killed", "the end"];

    [TestCaseSource(nameof(s_moments))]
    public void Nothing_gets_out_beside_the_tunnel_of_a_user(string moment) =>
        Street.NothingGetsOut(lab => Live(moment, lab, wayOut: null));

    [TestCaseSource(nameof(s_moments))]
    public void With_another_link_inside_the_same_gets_out_of_a_users(string moment) =>
        Street.KindsThatGetOut((lab, wayOut) => Live(moment, lab, wayOut)).Should().Contain(["udp", "tcp"]);

    private static void Live(string moment, Lab lab, Action<string>? wayOut)
    {
        var person = new Person(lab);
        var talker = person.Copy(Talker.Path);
        string[] shoot = [talker, "shoot", "-", "0", .. Talker.Targets];

        // Nobody is inside before a run's command is; but in a namespace that a tunnel is attached to somebody can be.
        var isFirst = moment == "start";
        using var inside = isFirst ? person.Start(["unshare", "-Urn", .. shoot]) : person.Wgns(["run", lab.Config, "--", .. shoot]);
        inside.Hear("inside");
        if (wayOut is not null)
        {
            Name(lab.Name + "x", Person.Processes("shoot - 0").Single(p => Machine.Link($"/proc/{Person.Text(p)}/exe") == talker), wayOut);
        }

        // Before what is killed takes the program with it.
        Talker.SomeRounds(inside);

        switch (moment)
        {
            case "start":
                using (var attached = person.Attach(inside.Pid))
                {
                    if (wayOut is null)
                    {
                        person.AwaitAttached();
                        Talker.SomeRounds(inside);
                        attached.Signal("TERM").End().Exit.Should().Be(0);
                    }
                    else
                    {
                        attached.End().Errors.Should().Contain("other ways out");
                    }
                }

                break;
            case "the endpoint does not answer":
                lab.Provider!.Die();
                break;
            case "the engine is killed":
                Person.Kill(person.Engine());
                break;
            case "the keeper is killed":
                // Which ends the command, and in the time until then its network.
                Person.Kill(Person.Processes("__keeper.*" + lab.Config)[0]);
                break;
        }

        // What a moment leads to comes in its own time.
        Thread.Sleep(500);
        if (moment != "the keeper is killed")
        {
            Talker.SomeRounds(inside);
            inside.Signal("TERM");
        }

        Talker.ShouldHaveTriedEverything(inside.End());
        person.HasNobody().Should().BeTrue();
    }

    /// <summary>Gives a namespace that nobody else sees a name for as long as that takes.</summary>
    private static void Name(string name, int pid, Action<string> wayOut)
    {
        Tool.Run("ip", "netns", "attach", name, Person.Text(pid));
        try
        {
            wayOut(name);
        }
        finally
        {
            Tool.Run("ip", "netns", "delete", name);
        }
    }
}
