using System.Globalization;

namespace Wgns.Tests.Privileged.Commands;

/// <summary>`up`, `status` and `down` of all that is in /etc/wgns.</summary>
public sealed class EveryTests
{
    // An /etc of our own, and mounts that nobody else sees.
    private const string Set = """
        mkdir "$D/etc"
        cp -a /etc/. "$D/etc"
        mount --bind "$D/etc" /etc
        rm -rf /etc/wgns
        mkdir /etc/wgns
        cp "$D"/*.toml "$D/private.key" /etc/wgns
        cd /
        """;

    [Test]
    public void One_that_is_born_in_another_comes_after_it_and_goes_before_and_a_broken_one_stops_none()
    {
        using var lab = new Lab();
        var (inner, outer) = (lab.Name + "a", lab.Name + "b");
        File.Move(lab.Config, Path.Combine(lab.Directory, outer + ".toml"));
        lab.Extra = $"birthplaceNamespace = \"{outer}\"";
        lab.Save();
        File.Move(lab.Config, Path.Combine(lab.Directory, inner + ".toml"));
        File.WriteAllText(Path.Combine(lab.Directory, lab.Name + "broken.toml"), "ips = [");

        var seen = Do(lab, $"ln -s nowhere /etc/wgns/{lab.Name}gone.toml; $WGNS up; echo up: $?; $WGNS status | grep '^namespace: '$NAME; $WGNS down; echo down: $?");

        Tool.Ask("ip", "-n", lab.Name, "link").Exit.Should().NotBe(0);
        seen.Output.Should().Contain($"2 of 4 are up; failed: {lab.Name}broken, {lab.Name}gone\nup: 1\nnamespace: {inner} (up)\nnamespace: {outer} (up)\n", seen.Errors);
        seen.Output.Should().Contain($"3 of 4 are down; failed: {lab.Name}gone\ndown: 1\n");
        seen.Output.IndexOf($"{outer} is up", StringComparison.Ordinal).Should().BeLessThan(seen.Output.IndexOf($"{inner} is up", StringComparison.Ordinal));
        seen.Output.IndexOf($"{inner} is down", StringComparison.Ordinal).Should().BeLessThan(seen.Output.IndexOf($"{outer} is down", StringComparison.Ordinal));
        seen.Errors.Should().Contain($"{lab.Name}broken.toml:1:7: error: the array is not closed").And.Contain($"{lab.Name}gone.toml: error: there is no such file");
        Machine.Traces(inner).Concat(Machine.Traces(outer)).Should().BeEmpty();
    }

    [Test]
    public void Fifty_at_once_come_up_and_go_with_few_descriptors_and_an_interruption_leaves_each_whole_or_not_there()
    {
        using var lab = new Lab();
        var names = Enumerable.Range(0, 50).Select(i => string.Create(CultureInfo.InvariantCulture, $"{lab.Name}-{i}")).ToList();
        names.ForEach(n => File.Copy(lab.Config, Path.Combine(lab.Directory, n + ".toml")));
        File.Delete(lab.Config);

        var seen = Do(
            lab,
            """
            ulimit -n 256
            $WGNS up >/dev/null; echo up: $?; $WGNS up | tail -n 1; $WGNS status | grep -c "^namespace: $NAME.*(up)$"; $WGNS down | tail -n 1
            env --default-signal=INT $WGNS up >"$D/said" & sleep 0.2; kill -INT $!; wait $!; echo interrupted: $?
            grep -c ' is up (' "$D/said"; $WGNS list | grep -c "^$NAME.* up  "; $WGNS down | tail -n 1
            """);

        var lines = seen.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[..4].Should().Equal(["up: 0", "all 50 are up", "50", "all 50 are down"], seen.Errors);
        lines[4].Should().Be("interrupted: 130");
        lines[5].Should().Be(lines[6], "what was not finished was taken back");
        int.Parse(lines[5], CultureInfo.InvariantCulture).Should().BeLessThan(50, "the interruption came in the middle");
        lines[7].Should().Be("all 50 are down");
        names.SelectMany(Machine.Traces).Should().BeEmpty();
    }

    private static Answer Do(Lab lab, string script)
    {
        using var running = new Running(
            "unshare",
            ["--mount", "--propagation", "private", "env", "--default-signal", "bash", "-c", Set + "\n" + script],
            null,
            new Dictionary<string, string?> { ["D"] = lab.Directory, ["WGNS"] = Cli.Binary, ["NAME"] = lab.Name });
        return running.End();
    }
}
