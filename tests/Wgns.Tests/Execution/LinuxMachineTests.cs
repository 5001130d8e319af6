using Wgns.Configuration;
using Wgns.Engine;
using Wgns.Execution;
using Wgns.Linux.Processes;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Tests.Engine;

namespace Wgns.Tests.Execution;

public sealed class LinuxMachineTests
{
    private RuntimePaths _paths = null!;

    [SetUp]
    public void MakeDirectory() => _paths = RuntimePaths.Below(Directory.CreateTempSubdirectory("wgns").FullName);

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_paths.State, recursive: true);

    [Test]
    public void An_engine_that_is_killed_in_the_middle_of_a_run_leaves_no_zombie_when_the_run_is_undone()
    {
        var program = PlayedEngine.Program(_paths.State, "exec sleep 60");
        var planned = new EngineRecord(program, "wgns-temp", _paths.UapiSocket("wgns-temp"), _paths.EngineLog("vpn", "wg0"), null);
        using var keys = KeyRing.Empty();
        using var machine = new LinuxMachine(_paths, keys, new LinuxDevices(_ => throw new System.Diagnostics.UnreachableException("it has no key")));
        _paths.CreateUapi();
        StateRecord record;
        using (new PlayedEngine(PlayedEngine.Listen(planned.Socket), ["errno=0\n\n"], TimeSpan.Zero))
        {
            record = machine.Apply(new StartEngine("wg0", planned), new StateRecord { Namespace = "vpn" });
        }

        var pid = record.Interface("wg0")!.Engine!.Pid;
        ProcessIdentity.Of(pid)!.Value.Signal(9);

        machine.Apply(new StopEngine("wg0", planned), record);

        ProcessIdentity.Of(pid).Should().BeNull("its parent has looked at its end");
    }
}
