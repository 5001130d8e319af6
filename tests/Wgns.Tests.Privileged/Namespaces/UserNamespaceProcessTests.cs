using System.Diagnostics;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Privileged.Namespaces;

public sealed class UserNamespaceProcessTests
{
    [Test]
    public void A_program_is_root_of_a_user_namespace_with_a_netns_of_its_own()
    {
        var result = Run("/bin/sh", "-c", "id -u; cat /proc/self/uid_map /proc/self/setgroups; readlink /proc/self/ns/net; cat; exit 3");
        result.ExitStatus.Should().Be(3);
        var lines = result.Output.Split('\n');
        lines[0].Should().Be("0");
        lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Should().Equal("0", Tool.Run("id", "-u").Trim(), "1");
        lines[2].Should().Be("deny");
        lines[3].Should().NotBe(Tool.Run("readlink", "/proc/self/ns/net").Trim()).And.StartWith("net:[");
        lines[4].Should().Be("said");
    }

    [Test]
    public void It_works_while_other_threads_allocate_and_collect()
    {
        using var stop = new CancellationTokenSource();
        var allocators = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.KeepAlive(new byte[10_000]);
            }
        })).ToList();
        allocators.ForEach(t => t.Start());
        try
        {
            for (var i = 0; i < 100; i++)
            {
                Run("/bin/cat").Output.Should().Be("said");
            }
        }
        finally
        {
            stop.Cancel();
            allocators.ForEach(t => t.Join());
        }

        Threads.AllShouldBeAtHome();
    }

    [Test]
    public void Whoever_is_not_root_can_have_rules_checked_so()
    {
        // The tool, as nobody, runs itself as root of a user namespace, there to ask libnftables.
        var answer = AsNobody("table inet t { chain c { tcp dport 99999 accept; }; }");
        answer.Errors.Should().Contain("<ruleset>:1:36-40: Error: Service out of range");
        answer.Exit.Should().Be(1);
        AsNobody("table inet t { chain c { type filter hook input priority 0; ct state new accept; }; }").Exit.Should().Be(0);
    }

    [Test]
    public void A_machine_without_user_namespaces_is_a_result()
    {
        // The limit of a user namespace of its own: that of the machine is not a test's to change.
        var answer = Tool.Ask(
            "unshare", "-Ur", "sh", "-c", "echo 0 > /proc/sys/user/max_user_namespaces; \"$0\" userns /bin/true", BecomeTool.Path);
        answer.Should().Be(new Tool.Answer(77, "", $"create a user namespace: 28 {Errno.ENOSPC}\n"));
    }

    [Test]
    public void A_program_that_is_not_there_is_an_error()
    {
        var act = () => Run("/nowhere");
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ENOENT);
    }

    [Test]
    public void Out_of_time_the_program_is_killed()
    {
        var clock = Stopwatch.StartNew();
        var result = UserNamespaceProcess.Run(
            new UserNamespaceRequest(["60"]) { Program = "/bin/sleep", Timeout = TimeSpan.FromMilliseconds(300) });
        result.Should().BeOfType<UserNamespaceResult.Ended>().Which.Command.TimedOut.Should().BeTrue();
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    private static Wgns.Linux.Processes.CommandResult Run(string program, params string[] arguments) =>
        UserNamespaceProcess.Run(new UserNamespaceRequest([.. arguments]) { Program = program, Input = Encoding.UTF8.GetBytes("said") })
            .Should().BeOfType<UserNamespaceResult.Ended>().Subject.Command;

    private static Tool.Answer AsNobody(string rules) => Tool.Ask(
        "bash", "-c", $"setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" userns \"$0\" check <<< '{rules}'", BecomeTool.Path);
}
