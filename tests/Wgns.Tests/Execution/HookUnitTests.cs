using Wgns.Configuration;
using Wgns.Execution;
using Wgns.Linux.Processes;
using Wgns.Planning;

namespace Wgns.Tests.Execution;

/// <summary>What systemd is told of a hook, and what is made of its answer.</summary>
[NonParallelizable]
public sealed class HookUnitTests
{
    private static readonly RuntimePaths Paths = RuntimePaths.System;

    private static string[] Arguments(string command, HookPlace where, string name = "vpn") =>
    [
        .. HookUnit.Arguments(
            new RunHooks(name, "wg0 wg1", HookPhase.PostUp, []), new HookCommand(command, where), ["PATH=/bin", "WGNS_INTERFACE=wg0 wg1"], Paths, "/run/wgns/vpn.hook.log"),
    ];

    [Test]
    public void A_hook_of_the_host_is_a_short_lived_unit_that_waits_for_no_other() =>
        Arguments("ip route show", HookPlace.Host).Should().Equal(
            "--quiet",
            "--no-ask-password",
            "--unit=wgns-hook-vpn.service",
            "--description=The postUp hook of network namespace vpn",
            "--service-type=oneshot",
            "--property=DefaultDependencies=no",
            "--property=TimeoutStartSec=45",
            "--property=TimeoutStopSec=2",
            "--property=IgnoreSIGPIPE=no",
            "--property=WorkingDirectory=/",
            "--property=StandardOutput=append:/run/wgns/vpn.hook.log",
            "--setenv=PATH=/bin",
            "--setenv=WGNS_INTERFACE=wg0 wg1",
            "--",
            "/bin/sh",
            "-c",
            "ip route show");

    [Test]
    public void One_inside_has_the_namespaces_network_and_the_machines_mounts() =>
        Arguments("true", HookPlace.Namespace).Should()
            .ContainInOrder("--property=NetworkNamespacePath=/run/netns/vpn", "--property=PrivateMounts=no", "--", "/bin/sh", "-c", "true");

    [TestCase("echo $HOME ${X} $$", "echo $$HOME $${X} $$$$")]
    [TestCase("echo 100% %n \"a  b\" 'c'", "echo 100% %n \"a  b\" 'c'")]
    public void The_shell_gets_the_command_as_it_is_written(string command, string given) =>
        Arguments(command, HookPlace.Host)[^1].Should().Be(given);

    /// <summary>An instance of a template would be in a slice of its own, which goes while the machine goes down.</summary>
    [TestCase("a@b", @"wgns-hook-a\x40b.service")]
    [TestCase("my-vpn", @"wgns-hook-my\x2dvpn.service")]
    public void A_namespaces_name_makes_no_instance_of_a_template(string name, string unit) => HookUnit.NameOf(name).Should().Be(unit);

    [TestCase("exit-code", "1", "3", "ended with status 3")]
    [TestCase("signal", "2", "15", "ended with status 143")]
    [TestCase("core-dump", "3", "11", "ended with status 139")]
    [TestCase("timeout", "2", "15", "took longer than 45 s and was ended")]
    [TestCase("oom-kill", "2", "9", "was ended by systemd: oom-kill")]
    public void Its_end_is_told_as_that_of_a_command(string result, string code, string status, string problem) =>
        HookUnit.Problem(new Dictionary<string, string> { ["Result"] = result, ["ExecMainCode"] = code, ["ExecMainStatus"] = status })
            .Should().Be(problem);

    [Test]
    public void One_that_systemd_did_not_run_has_no_end_of_its_own()
    {
        HookUnit.Problem(new Dictionary<string, string> { ["LoadState"] = "not-found", ["Result"] = "success" }).Should().BeNull();
        HookUnit.Problem(new Dictionary<string, string>()).Should().BeNull();
    }

    [TestCase("Name:\tx\nNoNewPrivs:\t1\nSeccomp:\t0", true)]
    [TestCase("Name:\tx\nNoNewPrivs:\t0\nSeccomp:\t2", true)]
    [TestCase("Name:\tx\nNoNewPrivs:\t0\nSeccomp:\t0", false)]
    public void A_sandbox_is_what_a_child_could_not_leave(string status, bool isOne) =>
        OwnRestrictions.Tell(status.Split('\n')).Should().Be(isOne);

    [Test]
    public void One_that_hangs_is_stopped_as_a_unit_when_who_waits_for_it_is_interrupted()
    {
        var directory = Directory.CreateTempSubdirectory("wgns-systemd-").FullName;
        var path = Environment.GetEnvironmentVariable("PATH");
        try
        {
            // Runs it as systemd does: nobody of ours, and it does not end with systemd-run.
            Program(directory, "systemd-run", $"setsid sleep 40 & echo $! > {directory}/unit; touch {directory}/begun; wait");
            Program(directory, "systemctl", $$"""
                case "$*" in
                  *show*) [ -e {{directory}}/unit ] && echo LoadState=loaded || echo LoadState=not-found;;
                  *stop*) kill "$(cat {{directory}}/unit)" && rm {{directory}}/unit;;
                esac
                """);
            Environment.SetEnvironmentVariable("PATH", $"{directory}:{path}");
            using var stop = new CancellationTokenSource();
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var hook = Task.Run(() => HookUnit.Run(
                new RunHooks("vpn", "wg0", HookPhase.PostUp, []), new HookCommand("sleep 40", HookPlace.Host), [], Paths, "/dev/null", stop.Token));
            SpinWait.SpinUntil(() => File.Exists($"{directory}/begun"), TimeSpan.FromSeconds(20)).Should().BeTrue();
            var pid = int.Parse(File.ReadAllText($"{directory}/unit"), System.Globalization.CultureInfo.InvariantCulture);

            stop.Cancel();

            hook.Wait(TimeSpan.FromSeconds(20)).Should().BeTrue();
            hook.Result.Should().Be("was interrupted");
            clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(30));
            SpinWait.SpinUntil(() => ProcessIdentity.Of(pid) is not { } left || !left.IsAlive(), TimeSpan.FromSeconds(5)).Should().BeTrue();
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Program(string directory, string name, string text)
    {
        File.WriteAllText($"{directory}/{name}", $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode($"{directory}/{name}", UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
