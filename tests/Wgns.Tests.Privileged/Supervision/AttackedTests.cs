using System.Globalization;
using System.Net.Sockets;

namespace Wgns.Tests.Privileged.Supervision;

/// <summary>A supervisor whose surroundings are not what they should be: what stands goes on standing.</summary>
public sealed class AttackedTests
{
    [TestCase("rm -f CONFIG", "there is no such file")]
    [TestCase("rm -f CONFIG && mkdir CONFIG", "this is a directory")]
    [TestCase("rm -f CONFIG && mkfifo CONFIG", "this is a pipe")]
    [TestCase("rm -f CONFIG && ln -s /dev/zero CONFIG", "far too large")]
    [TestCase("rm -f CONFIG && ln -s CONFIG CONFIG", "cannot be read")]
    [TestCase("rm -f KEY && mkfifo KEY", "is a pipe")]
    [TestCase("rm -f KEY && mkdir KEY", "is a directory")]
    public void With_something_else_in_a_files_place_the_old_configuration_stays_and_the_next_good_one_is_taken(string command, string said)
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        var supervised = new Supervised(lab).ShouldBeReady();
        Tool.Run("sh", "-c", command.Replace("CONFIG", lab.Config, StringComparison.Ordinal).Replace("KEY", lab.KeyFile, StringComparison.Ordinal));

        var from = supervised.Told.Length;
        supervised.Process.Signal("HUP");
        supervised.Hear("READY=1", from, seconds: 20).Should().Contain("the old one stays").And.Contain(said);
        Tool.Run("rm", "-rf", lab.Config, lab.KeyFile);
        File.WriteAllText(lab.KeyFile, lab.Key + "\n");
        lab.Save();
        from = supervised.Told.Length;
        supervised.Process.Signal("HUP");
        supervised.Hear("READY=1", from, seconds: 20).Should().NotContain("the old one stays");
        supervised.Stop().Exit.Should().Be(0);
    }

    [Test]
    public void A_thousand_SIGHUPs_and_then_SIGTERM_among_more_of_them_end_it_as_one_SIGTERM_does()
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        var supervised = new Supervised(lab).ShouldBeReady();
        var pid = supervised.Process.Pid.ToString(CultureInfo.InvariantCulture);
        Tool.Run("sh", "-c", $"for i in $(seq 1000); do kill -HUP {pid}; done");
        Machine.Wg(lab.Name)[0][1].Should().Be(lab.PublicKey);
        Tool.Run("sh", "-c", $"kill -HUP {pid}; kill -TERM {pid}; for i in $(seq 1000); do kill -HUP {pid} 2>/dev/null || break; done");
        var answer = supervised.Process.End();
        answer.Exit.Should().BeOneOf([0, 129], "by default the signal ends what has nothing left to do: {0}", answer.Words);
        answer.Errors.Should().NotContain("xception");
        lab.ShouldBeSettled();
    }

    [TestCase("1")]
    [TestCase("0")]
    [TestCase("9223372036854775807")]
    [TestCase("soon")]
    public void A_watchdog_that_nobody_could_be_quick_enough_for_takes_no_processor(string patience)
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        var supervised = new Supervised(lab, new Dictionary<string, string?> { ["WATCHDOG_USEC"] = patience }).ShouldBeReady();
        Thread.Sleep(500);
        var before = Ticks(supervised.Process.Pid);
        Thread.Sleep(2000);
        (Ticks(supervised.Process.Pid) - before).Should().BeLessThan(100, "of 200 in two seconds");
        supervised.Stop().Exit.Should().Be(0);
    }

    [TestCase("/run/nowhere/notify")]
    [TestCase("@wgns-nobody-listens-here")]
    public void A_service_manager_that_does_not_listen_is_said_once_and_the_tunnel_goes_on_without_it(string socket)
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        using var running = new Running(Cli.Binary, ["supervise", lab.Config], environment: new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = socket });
        lab.Remember();
        Until.True(() => running.Lines().Contains($"{lab.Name} is up", StringComparison.Ordinal)).Should().BeTrue(running.Lines());
        var answer = running.Signal("TERM").End();
        answer.Exit.Should().Be(0);
        answer.Errors.Split("cannot be told").Should().HaveCount(2);
    }

    [TestCase("> /dev/full")]
    [TestCase(">&-")]
    public void A_standard_output_that_takes_nothing_ends_no_supervisor(string redirection)
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        string[] shell = ["sh", "-c", $"exec \"$0\" \"$@\" {redirection}"];
        var supervised = new Supervised(lab, null, shell).ShouldBeReady();
        var from = supervised.Told.Length;

        Within.Run(lab.Name, "nft", "flush", "ruleset");

        supervised.Hear("put back", from);
        Machine.Ruleset(lab.Name).Should().Contain("wgns");
        var answer = supervised.Stop();
        answer.Exit.Should().Be(0);
        answer.Errors.Should().Contain("had drifted").And.NotContain("standard output");

        using var list = new Running(shell[0], [.. shell[1..], Cli.Binary, "list"]);
        list.End().Should().Match<Answer>(a => a.Exit == 1 && a.Errors.Contains("write to standard output", StringComparison.Ordinal), "the control: another command says so");
    }

    [Test]
    public void An_abstract_socket_is_told_as_one_with_a_path_is()
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        var name = $"wgns-{lab.Name}";
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        manager.Bind(new UnixDomainSocketEndPoint("\0" + name));
        using var running = new Running(Cli.Binary, ["supervise", lab.Config], environment: new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = "@" + name });
        lab.Remember();
        var buffer = new byte[4096];
        string told;
        do
        {
            told = System.Text.Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer));
        }
        while (!told.StartsWith("READY=1", StringComparison.Ordinal));
        running.Signal("TERM").End().Exit.Should().Be(0);
    }

    [Test]
    public void Two_supervisors_of_one_configuration_leave_each_other_alone()
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        var first = new Supervised(lab).ShouldBeReady();
        var second = new Supervised(lab).ShouldBeReady();
        Thread.Sleep(2000);
        var (told, ticks) = (first.Told.Length + second.Told.Length, Ticks(first.Process.Pid) + Ticks(second.Process.Pid));
        var written = File.GetLastWriteTimeUtc(lab.State);
        Thread.Sleep(3000);
        File.GetLastWriteTimeUtc(lab.State).Should().Be(written, "nobody has anything to write");
        (first.Told.Length + second.Told.Length - told).Should().Be(0);
        (Ticks(first.Process.Pid) + Ticks(second.Process.Pid) - ticks).Should().BeLessThan(30, "of 300 in three seconds");
        first.Stop().Exit.Should().Be(0);
        lab.ShouldBeSettled();
        second.Stop().Errors.Should().NotContain("drift");
    }

    [Test]
    public void Two_supervisors_that_say_otherwise_of_one_name_contend_ever_more_seldom_and_say_so()
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        var first = new Supervised(lab).ShouldBeReady();
        var other = Directory.CreateDirectory(Path.Combine(lab.Directory, "other")).FullName;
        File.Copy(lab.KeyFile, Path.Combine(other, "private.key"));
        File.WriteAllText(Path.Combine(other, $"{lab.Name}.toml"), File.ReadAllText(lab.Config).Replace("10.99.0.2/32", "10.99.0.3/32", StringComparison.Ordinal));
        using var second = new Running(Cli.Binary, ["supervise", Path.Combine(other, $"{lab.Name}.toml")]);
        Thread.Sleep(8000);
        first.Told.Count(t => t.StartsWith("RELOADING=1", StringComparison.Ordinal)).Should().BeInRange(1, 12);
        second.Signal("TERM").End().Exit.Should().Be(0);
        first.Stop().Errors.Should().Contain("is there a second supervisor?");
    }

    /// <summary>Hundredths of a second that a process has had, as proc_pid_stat(5) counts them.</summary>
    private static long Ticks(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var words = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(words[11], CultureInfo.InvariantCulture) + long.Parse(words[12], CultureInfo.InvariantCulture);
    }
}
