using System.Text;
using Wgns.Linux.Processes;

namespace Wgns.Tests.Linux.Processes;

public sealed class ProcStatTests
{
    [TestCase("42 (sleep) S 1 42 42 0 -1 4194560 120 0 0 0 0 0 0 0 20 0 1 0 987654 5000 6 1", 'S', 1, 987654ul)]
    [TestCase("42 (a) Z (b ) c) Z 41 42 42 0 -1 4194560 120 0 0 0 0 0 0 0 20 0 1 0 5 5000 6 1", 'Z', 41, 5ul)]
    public void Parent_and_start_time_are_found_whatever_the_name_holds(string stat, char state, int parent, ulong startTime) =>
        ProcStat.Parse(Encoding.ASCII.GetBytes(stat)).Should().Be(new ProcStat(state, parent, startTime));

    [TestCase("")]
    [TestCase("42 (sleep")]
    [TestCase("42 (sleep)")]
    [TestCase("42 (sleep) S 1 42")]
    [TestCase("42 (sleep) S x 42 42 0 -1 4194560 120 0 0 0 0 0 0 0 20 0 1 0 987654 5000 6 1")]
    public void What_is_no_stat_line_is_none(string stat) => ProcStat.Parse(Encoding.ASCII.GetBytes(stat)).Should().BeNull();

    [Test]
    public void This_process_is_alive_and_a_pid_nobody_has_is_not()
    {
        ProcessIdentity.Of(Environment.ProcessId)!.Value.IsAlive().Should().BeTrue();
        ProcessIdentity.Of(int.MaxValue).Should().BeNull();
    }
}
