using Wgns.Configuration;
using Wgns.Observation;
using Wgns.Resolution;

namespace Wgns.Tests.Resolution;

[NonParallelizable]
public sealed class EngineFinderTests
{
    private string _directory = string.Empty;
    private string _program = string.Empty;
    private string? _path;
    private string? _variable;

    [SetUp]
    public void SetUp()
    {
        _path = Environment.GetEnvironmentVariable("PATH");
        _variable = Environment.GetEnvironmentVariable(EngineFinder.Variable);
        _directory = Directory.CreateTempSubdirectory("wgns-engine-").FullName;
        _program = Path.Combine(_directory, "wireguard-go");
        File.WriteAllText(_program, "#!/bin/sh\n");
        File.SetUnixFileMode(_program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("PATH", _directory);
        Environment.SetEnvironmentVariable(EngineFinder.Variable, null);
    }

    [TearDown]
    public void TearDown()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        Environment.SetEnvironmentVariable(EngineFinder.Variable, _variable);
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public void Auto_takes_the_kernel_where_it_has_WireGuard() =>
        EngineFinder.Find(EngineChoice.Auto, hasKernel: true).Should().Be(new EngineFound(null, null));

    [Test]
    public void Auto_takes_wireguard_go_from_PATH_where_the_kernel_has_none() =>
        EngineFinder.Find(EngineChoice.Auto, hasKernel: false).Should().Be(new EngineFound(_program, null));

    [Test]
    public void Auto_keeps_a_userspace_engine_that_runs_already() =>
        EngineFinder.Find(EngineChoice.Auto, hasKernel: true, running: Running(_program)).Should().Be(new EngineFound(_program, null));

    [Test]
    public void Auto_goes_back_to_the_kernel_where_the_running_engines_program_is_no_more() =>
        EngineFinder.Find(EngineChoice.Auto, hasKernel: true, running: Running("/nowhere/wireguard-go")).Should().Be(new EngineFound(null, null));

    [Test]
    public void Auto_takes_the_embedded_engine_before_wireguard_go() =>
        EngineFinder.Find(EngineChoice.Auto, hasKernel: false, own: Own).Should().Be(new EngineFound(Own, null, IsEmbedded: true));

    [Test]
    public void Auto_takes_the_variable_of_wg_quick_before_the_embedded_engine()
    {
        Environment.SetEnvironmentVariable(EngineFinder.Variable, _program);

        EngineFinder.Find(EngineChoice.Auto, hasKernel: false, own: Own).Should().Be(new EngineFound(_program, null));
    }

    [Test]
    public void Auto_keeps_wireguard_go_that_runs_already_though_the_embedded_engine_is_there() =>
        EngineFinder.Find(EngineChoice.Auto, hasKernel: false, Running(_program), Own).Should().Be(new EngineFound(_program, null));

    [Test]
    public void A_forced_engine_is_not_another_kind_that_runs_already()
    {
        EngineFinder.Find(EngineChoice.Embedded, hasKernel: true, Running(_program), Own)
            .Should().Be(new EngineFound(Own, null, IsEmbedded: true));
        EngineFinder.Find(EngineChoice.WireGuardGo, hasKernel: true, Running(Own) with { Inside = new EngineInside("/run/netns/vpn", "wg0") }, Own)
            .Should().Be(new EngineFound(_program, null));
    }

    [Test]
    public void Embedded_without_the_programs_own_file_is_a_problem() =>
        EngineFinder.Find(EngineChoice.Embedded, hasKernel: true, own: "/nowhere/wgns").Problem.Should().Contain("/nowhere/wgns");

    [Test]
    public void An_embedded_engine_is_told_where_to_make_its_device()
    {
        var embedded = EngineFinder.Describe(new EngineFound(Own, null, IsEmbedded: true), "vpn", "wg0", RuntimePaths.System);

        embedded.Inside.Should().Be(new EngineInside("/run/netns/vpn", "wg0"));
        EngineFinder.Describe(new EngineFound(_program, null), "vpn", "wg0", RuntimePaths.System).Inside.Should().BeNull();
    }

    [Test]
    public void Kernel_without_WireGuard_is_a_problem_though_wireguard_go_is_there() =>
        EngineFinder.Find(EngineChoice.Kernel, hasKernel: false).Problem.Should().Contain("this kernel has no WireGuard").And.NotContain("wireguard-go");

    [Test]
    public void Kernel_leaves_a_running_userspace_engine() =>
        EngineFinder.Find(EngineChoice.Kernel, hasKernel: true, running: Running(_program)).Should().Be(new EngineFound(null, null));

    [Test]
    public void A_forced_wireguard_go_is_taken_though_the_kernel_has_WireGuard() =>
        EngineFinder.Find(EngineChoice.WireGuardGo, hasKernel: true).Should().Be(new EngineFound(_program, null));

    [Test]
    public void Neither_there_names_what_to_install()
    {
        Environment.SetEnvironmentVariable("PATH", "/nowhere");

        EngineFinder.Find(EngineChoice.Auto, hasKernel: false).Problem
            .Should().Contain("this kernel has no WireGuard").And.Contain("apt install wireguard-go");
        EngineFinder.Find(EngineChoice.WireGuardGo, hasKernel: true).Problem
            .Should().NotContain("kernel").And.Contain("apt install wireguard-go");
    }

    [Test]
    public void A_file_that_cannot_be_executed_is_no_engine()
    {
        File.SetUnixFileMode(_program, UnixFileMode.UserRead);

        EngineFinder.Find(EngineChoice.WireGuardGo, hasKernel: false).Problem.Should().Contain("wireguard-go is not in PATH");
    }

    [Test]
    public void The_variable_of_wg_quick_names_another_implementation_by_name_or_path()
    {
        var other = Path.Combine(_directory, "boringtun");
        File.Move(_program, other);

        foreach (var value in new[] { "boringtun", other })
        {
            Environment.SetEnvironmentVariable(EngineFinder.Variable, value);
            EngineFinder.Find(EngineChoice.Auto, hasKernel: false).Should().Be(new EngineFound(other, null));
        }
    }

    [Test]
    public void A_variable_that_names_nothing_is_a_problem_and_wireguard_go_no_way_out()
    {
        Environment.SetEnvironmentVariable(EngineFinder.Variable, "nonesuch");

        EngineFinder.Find(EngineChoice.Auto, hasKernel: false).Problem
            .Should().Contain("WG_QUICK_USERSPACE_IMPLEMENTATION names \"nonesuch\"");
    }

    [Test]
    public void A_new_engines_device_has_a_random_name_that_fits_the_kernel()
    {
        var one = EngineFinder.Describe(new EngineFound(_program, null), "vpn", "wg0", RuntimePaths.System);
        var two = EngineFinder.Describe(new EngineFound(_program, null), "vpn", "wg0", RuntimePaths.System);

        Names.IfnameProblem(one.TemporaryName).Should().BeNull();
        one.TemporaryName.Should().NotBe(two.TemporaryName);
        one.Socket.Should().Be($"/var/run/wireguard/{one.TemporaryName}.sock");
        one.Symlink.Should().Be("/var/run/wireguard/wg0.sock");
        one.Log.Should().Be("/run/wgns/vpn.wg0.log");
    }

    private static string Own => Environment.ProcessPath!;

    private static EngineRecord Running(string program) =>
        EngineFinder.Describe(new EngineFound(program, null), "vpn", "wg0", RuntimePaths.System);
}
