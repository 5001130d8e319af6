using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Wgns.Tests.Privileged.Supervision;

namespace Wgns.Tests.Privileged.Forwarding;

/// <summary>[[publish]] of a namespace that `wgns supervise` keeps, where systemd has no socket unit for it.</summary>
public sealed class SupervisedTests
{
    private static Lab Publishing(params IEnumerable<int> ports)
    {
        var lab = new Lab { Extra = "ready = \"configured\"" };
        Publish(lab, ports);
        return lab;
    }

    private static void Publish(Lab lab, params IEnumerable<int> ports)
    {
        lab.MorePeers = string.Concat(ports.Select(p => $"[[publish]]\nlisten = {p}\nconnect = 80\n"));
        lab.Save();
    }

    private static Socket Serve(Lab lab)
    {
        var socket = lab.Own(SocketInside.Open(lab.Name, AddressFamily.InterNetwork, SocketType.Stream));
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 80));
        socket.Listen(16);
        return socket;
    }

    private static string[] ProxiesOf(Lab lab) => File.Exists($"/run/wgns/{lab.Name}.forward") ? File.ReadAllLines($"/run/wgns/{lab.Name}.forward") : [];

    private static int ProxyOf(Lab lab) => int.Parse(File.ReadAllText($"/run/wgns/{lab.Name}.forward").Split(' ')[0], CultureInfo.InvariantCulture);

    private static void ShouldReach(int port, Socket service)
    {
        using var client = ForwardLab.Connect(port);
        using var inside = ForwardLab.Accept(service);
        client.Send("question"u8);
        client.Shutdown(SocketShutdown.Send);
        Encoding.ASCII.GetString(ForwardLab.ReadAll(inside)).Should().Be("question");
    }

    [Test]
    public void A_published_port_is_reached_and_goes_with_the_supervisor_however_that_ends()
    {
        var port = ForwardLab.FreePort();
        using var lab = Publishing(port);
        var supervised = new Supervised(lab).ShouldBeReady();
        var service = Serve(lab);
        Until.True(() => ForwardLab.Listens(port)).Should().BeTrue();
        ShouldReach(port, service);

        // A restart of the supervisor's service, and a crash.
        supervised.Stop().Exit.Should().Be(0);
        ForwardLab.Listens(port).Should().BeFalse();
        File.Exists($"/run/wgns/{lab.Name}.forward").Should().BeFalse();
        var killed = new Supervised(lab).ShouldBeReady();
        Until.True(() => ForwardLab.Listens(port)).Should().BeTrue();
        var proxy = ProxyOf(lab);
        killed.Process.Signal("KILL");
        Until.True(() => !ForwardLab.Listens(port) && !Directory.Exists($"/proc/{proxy}")).Should().BeTrue("nobody is left to start another one");
        lab.ShouldBeSettled();
    }

    [Test]
    public void A_proxy_that_was_killed_is_started_again()
    {
        var port = ForwardLab.FreePort();
        using var lab = Publishing(port);
        var supervised = new Supervised(lab).ShouldBeReady();
        var service = Serve(lab);
        Until.True(() => ForwardLab.Listens(port)).Should().BeTrue();
        var first = ProxyOf(lab);
        Tool.Run("kill", "-KILL", first.ToString(CultureInfo.InvariantCulture));
        Until.True(() => File.Exists($"/run/wgns/{lab.Name}.forward") && ProxyOf(lab) != first && ForwardLab.Listens(port)).Should().BeTrue();
        ShouldReach(port, service);
        supervised.Stop().Errors.Should().Contain("ended with status 137");
    }

    [Test]
    public void A_reload_that_publishes_another_port_closes_the_first()
    {
        var (first, second) = (ForwardLab.FreePort(), ForwardLab.FreePort());
        using var lab = Publishing(first);
        var supervised = new Supervised(lab).ShouldBeReady();
        Until.True(() => ForwardLab.Listens(first)).Should().BeTrue();
        Publish(lab, second);
        supervised.Process.Signal("HUP");
        Until.True(() => ForwardLab.Listens(second) && !ForwardLab.Listens(first)).Should().BeTrue();
        ShouldReach(second, Serve(lab));
        supervised.Stop();
    }

    [Test]
    public void A_reload_cuts_no_connection_of_what_is_published_as_before()
    {
        var (first, second) = (ForwardLab.FreePort(), ForwardLab.FreePort());
        using var lab = Publishing(first);
        var supervised = new Supervised(lab).ShouldBeReady();
        var service = Serve(lab);
        Until.True(() => ForwardLab.Listens(first)).Should().BeTrue();
        using var client = ForwardLab.Connect(first);
        using var inside = ForwardLab.Accept(service);

        Publish(lab, first, second);
        supervised.Process.Signal("HUP");
        Until.True(() => ForwardLab.Listens(second) && ProxiesOf(lab).Length == 2).Should().BeTrue();
        ShouldReach(second, service);

        client.Send("still"u8);
        client.Shutdown(SocketShutdown.Send);
        Encoding.ASCII.GetString(ForwardLab.ReadAll(inside)).Should().Be("still");
        supervised.Stop();
        ProxiesOf(lab).Should().BeEmpty();
        ForwardLab.Listens(first).Should().BeFalse();
        ForwardLab.Listens(second).Should().BeFalse();
    }

    [Test]
    public void A_port_that_another_has_is_published_once_that_one_is_gone_and_keeps_no_other_waiting()
    {
        var (first, second) = (ForwardLab.FreePort(), ForwardLab.FreePort());
        using var lab = Publishing(first, second);
        Supervised supervised;
        using (var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            other.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, first));
            other.Listen(1);
            supervised = new Supervised(lab).ShouldBeReady();
            var there = Serve(lab);
            Until.True(() => ForwardLab.Listens(second)).Should().BeTrue();
            ShouldReach(second, there);

            // It asks for two seconds.
            Until.True(() => ProxiesOf(lab).Length == 1).Should().BeTrue();
            other.Close();
            Until.True(() => ForwardLab.Listens(first)).Should().BeTrue();
            ShouldReach(first, there);
        }

        supervised.Stop().Errors.Should().Contain($"published 127.0.0.1:{first} ended with status 1; it is started again in 0.5 s");
    }

    [Test]
    public void Down_takes_the_namespace_also_while_its_proxies_are_being_started()
    {
        var ports = Enumerable.Range(0, 30).Select(_ => ForwardLab.FreePort()).Distinct().ToList();
        using var lab = Publishing(ports);
        for (var i = 0; i < 3; i++)
        {
            var supervised = new Supervised(lab).ShouldBeReady();
            Until.True(() => File.Exists($"/run/wgns/{lab.Name}.forward")).Should().BeTrue();
            lab.Down();
            supervised.Process.End().Exit.Should().Be(0);
            File.Exists($"/run/wgns/{lab.Name}.forward").Should().BeFalse();
            Machine.Traces(lab.Name).Should().BeEmpty();
        }
    }

    [Test]
    public void Proxies_that_hang_are_waited_for_side_by_side()
    {
        var ports = Enumerable.Range(0, 8).Select(_ => ForwardLab.FreePort()).Distinct().ToList();
        using var lab = Publishing(ports);
        var supervised = new Supervised(lab).ShouldBeReady();
        Until.True(() => ports.TrueForAll(p => ForwardLab.Listens(p))).Should().BeTrue();
        foreach (var line in ProxiesOf(lab))
        {
            Tool.Run("kill", "-STOP", line.Split(' ')[0]);
        }

        // One after the other that were 24 seconds.
        supervised.Process.Signal("TERM").End(seconds: 15).Exit.Should().Be(0);
        ports.Should().NotContain(p => ForwardLab.Listens(p));
    }

    [Test]
    public void Down_takes_the_namespace_with_its_proxy_and_without_force()
    {
        var port = ForwardLab.FreePort();
        using var lab = Publishing(port);
        var supervised = new Supervised(lab).ShouldBeReady();
        Until.True(() => ForwardLab.Listens(port)).Should().BeTrue();
        lab.Down();
        supervised.Process.End().Exit.Should().Be(0);
        ForwardLab.Listens(port).Should().BeFalse();
        File.Exists($"/run/wgns/{lab.Name}.forward").Should().BeFalse();
        Machine.Traces(lab.Name).Should().BeEmpty();
    }

    [Test]
    public void Verify_knows_the_proxy_for_what_it_is()
    {
        var port = ForwardLab.FreePort();
        using var lab = Publishing(port);
        var supervised = new Supervised(lab).ShouldBeReady();
        Until.True(() => ForwardLab.Listens(port)).Should().BeTrue();
        Cli.Run("verify", lab.Name).Output.Should().Contain("is the proxy of a [[publish]]");
        supervised.Stop();
    }
}
