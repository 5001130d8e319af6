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
        // Until the keeper has seen the handshake, the keepalive by which it asks for one is a drift.
        Until.True(() => person.Ask("status", "mine", "--json").Output.Contains("\"up\"", StringComparison.Ordinal)).Should().BeTrue();
        person.Ask("verify", "mine").Output.Should().Contain("ok      links: only lo").And.Contain("AF_VSOCK: cannot be made").And.Contain("configuration: ");
        person.Do("down", "mine").Should().Contain("mine is down");
        person.HasNobody().Should().BeTrue();
        Directory.EnumerateFiles(person.Root, "*", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Test]
    public void After_its_command_it_stays_and_a_second_of_that_name_is_refused()
    {
        using var lab = new Lab();
        var person = new Person(lab);

        person.Ask("run", "--keep", "mine", lab.Config, "--", "sh", "-c", "exit 3").Exit.Should().Be(3);

        person.Ask("run", "--keep", "mine", lab.Config).Errors.Should().Contain("mine is up already");
        person.Do("exec", "mine", "--", "true");
        person.Do("down", "mine");
    }

    [Test]
    public void Down_with_a_command_inside_closes_it_and_leaves_it_the_namespace()
    {
        using var lab = new Lab(withProvider: true);
        var person = new Person(lab);
        person.Do("run", "--keep", "mine", lab.Config);
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
        var person = new Person(lab);
        person.Do("run", "--keep", "mine", lab.Config);
        Person.Kill(Person.Processes("__keeper.*" + lab.Config)[0]);
        person.HasNobody().Should().BeTrue("the engine ends with it");

        Entry(person).GetProperty("state").GetString().Should().Be("down");
        person.Ask("exec", "mine", "--", "true").Errors.Should().Contain("the process that held it has ended");
        person.Do("run", "--keep", "mine", lab.Config, "--", "ping", "-c1", "-W5", "10.99.0.1").Should().Contain("1 received");
        Person.Kill(Person.Processes("__keeper.*" + lab.Config)[0]);
        person.HasNobody().Should().BeTrue();

        person.Do("down", "mine");
        Directory.EnumerateFiles(person.Root, "*", SearchOption.AllDirectories).Should().BeEmpty();
    }

    private static JsonElement Entry(Person person) =>
        JsonDocument.Parse(person.Do("list", "--json")).RootElement.GetProperty("namespaces").EnumerateArray().Single();
}
