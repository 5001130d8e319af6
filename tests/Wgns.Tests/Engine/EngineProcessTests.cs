using Wgns.Engine;
using Wgns.Linux.Processes;
using Wgns.Observation;

namespace Wgns.Tests.Engine;

public sealed class EngineProcessTests
{
    private RuntimePaths _paths = null!;

    [SetUp]
    public void MakeDirectory() => _paths = RuntimePaths.Below(Directory.CreateTempSubdirectory("wgns").FullName);

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_paths.State, recursive: true);

    [Test]
    public void An_engine_that_ends_at_once_is_told_in_its_own_words_and_leaves_no_zombie_behind()
    {
        var program = Program("echo $$ >&2; echo no tun here >&2; exit 1");

        var words = Start(program).Should().Throw<OperationFailedException>().Which.Message;

        words.Should().StartWith($"{program} ended at once: ").And.EndWith(" / no tun here");
        var pid = int.Parse(words.Split(": ")[1].Split(" / ")[0], null);
        ProcessIdentity.Of(pid).Should().BeNull("its parent has looked at its end");
        File.Exists(_paths.EngineLog("vpn", "wg0")).Should().BeFalse();
    }

    [Test]
    public void An_engine_whose_directories_somebody_removed_is_stopped_all_the_same()
    {
        var gone = $"{_paths.State}/gone";
        var engine = new EngineRecord("/nonexistent/engine", "wgns-00000000", $"{gone}/wgns-00000000.sock", $"{gone}/log", $"{gone}/wg0.sock");

        new Action(() => EngineProcess.Stop(engine, null)).Should().NotThrow();
    }

    [Test]
    public void Sockets_are_not_made_where_a_link_that_somebody_planted_leads()
    {
        var theirs = Directory.CreateDirectory($"{_paths.State}/theirs").FullName;
        Directory.CreateSymbolicLink(_paths.Uapi, theirs);

        Start(Program("exec sleep 60")).Should().Throw<OperationFailedException>()
            .WithMessage($"{_paths.Uapi} is a symbolic link (to {theirs}), and wgns follows none there: move it away");
        Directory.GetFileSystemEntries(theirs).Should().BeEmpty();
    }

    private Action Start(string program) => () =>
        EngineProcess.Start(new EngineRecord(program, "wgns-temp", _paths.UapiSocket("wgns-temp"), _paths.EngineLog("vpn", "wg0"), null), _paths);

    private string Program(string script) => PlayedEngine.Program(_paths.State, script);
}
