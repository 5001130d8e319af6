namespace Wgns.Tests.Privileged.Supervision;

/// <summary>Endpoints by name. The name stands in a hosts(5) of the supervisor's own.</summary>
public sealed class NameTests
{
    private const string Host = "late.wgns-test.invalid";

    [Test]
    public void A_name_that_can_be_looked_up_only_later_is_waited_for_and_then_followed()
    {
        using var lab = new Lab(withProvider: true);
        var right = lab.Endpoint;
        var hosts = Path.Combine(lab.Directory, "hosts");
        File.WriteAllText(hosts, "127.0.0.1 localhost\n");

        // Made outside, so that its mount is seen by both; the address is nobody's.
        lab.Endpoint = "198.51.100.1:51820";
        lab.Save();
        lab.Up();
        lab.Endpoint = $"{Host}:{Provider.Port}";
        lab.PeerExtra = "dynamicEndpointRefreshSeconds = 1";
        lab.Save();
        var supervised = new Supervised(
            lab, null, "unshare", "-m", "--propagation", "slave", "sh", "-c", "mount --bind \"$0\" /etc/hosts && exec \"$@\"", hosts);
        supervised.Hear($"{Host} cannot be looked up yet");
        supervised.Lines.Should().NotContain("READY=1");
        Machine.Wg(lab.Name)[1][2].Should().Be("198.51.100.1:51820", "what is not known changes nothing");

        File.AppendAllText(hosts, $"{lab.Provider!.OuterAddress} {Host}\n");
        supervised.ShouldBeReady(40);
        Machine.Wg(lab.Name)[1][2].Should().Be(right);
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("before").Should().Be("before");

        // One more address keeps what is there; another address is followed; and the way back, too.
        var engine = Machine.Engine(lab.Name);
        File.WriteAllText(hosts, $"198.51.100.2 {Host}\n{lab.Provider.OuterAddress} {Host}\n");
        Thread.Sleep(2500);
        Machine.Wg(lab.Name)[1][2].Should().Be(right);
        File.WriteAllText(hosts, $"198.51.100.2 {Host}\n");
        Until.True(() => Machine.Wg(lab.Name)[1][2] == "198.51.100.2:51820").Should().BeTrue();
        File.WriteAllText(hosts, $"{lab.Provider.OuterAddress} {Host}\n");
        Until.True(() => Machine.Wg(lab.Name)[1][2] == right).Should().BeTrue();
        tcp.Talk("after").Should().Be("after");
        Machine.Engine(lab.Name).Should().Be(engine);
        var words = supervised.Stop();
        words.Errors.Should().Contain($"{Host}:51820 is at {right} now").And.NotContain("drifted");
    }
}
