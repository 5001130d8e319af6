using System.Globalization;
using System.Net.Sockets;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>The embedded engine is killed: its device stands, closed, until another goes on with it, or `down` takes it away.</summary>
[Category("UserNamespace")]
public sealed class LeftDeviceTests
{
    [Test]
    public void Up_starts_another_engine_and_the_same_connection_goes_on_with_link_addresses_and_routes_as_they_were()
    {
        using var lab = Up();
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        using var tcp6 = SocketInside.Connect(lab.Name, Provider.Address6, 7);
        (tcp.Talk("before"), tcp6.Talk("before")).Should().Be(("before", "before"));
        var look = LeftDevice.Look(lab.Name);
        for (var i = 0; i < 3; i++)
        {
            LeftDevice.KillEngine(lab.Name);

            LeftDevice.Look(lab.Name).Should().Be(look, "it stands, closed");
            LeftDevice.HasCarrier(lab.Name).Should().BeFalse();
            var seen = lab.Provider!.Seen;
            tcp.Send("again"u8);
            Within.Ask(lab.Name, "ping", "-c1", "-W1", Provider.Address).Exit.Should().Be(1);
            lab.Provider.Seen.Should().Be(seen, "nobody takes packets out of it");

            lab.Up("--verbose").Should().Contain("which stands").And.NotContain("add address").And.NotContain("load firewall rules");
            lab.ShouldBeSettled();
            Read(tcp, 5).Should().Be("again", "it was sent while there was no engine");
            tcp6.Talk("and again").Should().Be("and again");
            lab.Provider.Seen.Should().BeGreaterThan(seen);
            LeftDevice.Look(lab.Name).Should().Be(look);
        }
    }

    [Test]
    public void Up_in_the_moment_of_its_death_waits_for_that_and_the_connection_goes_on()
    {
        using var lab = Up();
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("before").Should().Be("before");
        var look = LeftDevice.Look(lab.Name);
        for (var i = 0; i < 20; i++)
        {
            var pid = Machine.Engine(lab.Name);
            Tool.Run("kill", "-9", pid.ToString(CultureInfo.InvariantCulture));
            InProcess.Up(lab);

            // Asked in its last instant it may have answered.
            Until.True(() => !Machine.Engines(lab.Name).Contains(pid)).Should().BeTrue();
            InProcess.Up(lab);
            LeftDevice.Look(lab.Name).Should().Be(look);
        }

        tcp.Talk("again").Should().Be("again");
    }

    [Test]
    public void Status_list_and_verify_say_that_it_is_closed()
    {
        using var lab = Up();
        Entry(lab).Should().Contain(" up ");
        LeftDevice.KillEngine(lab.Name);

        lab.Status().GetProperty("state").GetString().Should().Be("closed");
        lab.Status().GetProperty("interfaces")[0].GetProperty("enginePid").GetInt32().Should().Be(0);
        Cli.Run("status", lab.Name).Output.Should().Contain("embedded, not running or not answering").And.Contain("would start the embedded engine");
        Entry(lab).Should().Contain(" closed ");
        Cli.Run("verify", lab.Name).Output.Should().Contain("does not run, or does not answer: nothing gets out");
        lab.Up("--wait");
        Entry(lab).Should().Contain(" up ");
    }

    [Test]
    public void Down_leaves_nothing_of_it()
    {
        using var lab = Up();
        LeftDevice.KillEngine(lab.Name);
        lab.Down();
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Down_takes_it_away_from_who_stays_inside()
    {
        using var lab = Up();
        using var inside = lab.Enter("sleep", "60");
        Until.True(() => Machine.Link($"/proc/{inside.Pid}/ns/net") == $"net:[{lab.Status().GetProperty("inode")}]").Should().BeTrue();
        LeftDevice.KillEngine(lab.Name);

        lab.TryDown().Exit.Should().Be(1, "somebody is inside");

        Machine.Ip(lab.Name, "link").Should().ContainSingle("only lo is left");
    }

    [Test]
    public void Down_takes_it_away_from_somebody_elses_namespace()
    {
        using var lab = new Lab { Extra = "engine = \"embedded\"\nmanaged = false" };
        lab.Save();
        Tool.Run("ip", "netns", "add", lab.Name);
        try
        {
            lab.Up();
            LeftDevice.KillEngine(lab.Name);
            Machine.Ip(lab.Name, "link").Should().HaveCount(2);
            lab.Down();
            Machine.Ip(lab.Name, "link").Should().ContainSingle("only lo is left");
        }
        finally
        {
            lab.TryDown();
            Tool.Run("ip", "netns", "delete", lab.Name);
        }
    }

    [Test]
    public void An_engine_that_ends_in_order_takes_it_along()
    {
        using var lab = Up();
        Tool.Run("kill", "-TERM", Machine.Engine(lab.Name).ToString(CultureInfo.InvariantCulture));
        Until.True(() => Machine.Ip(lab.Name, "link").Count == 1).Should().BeTrue("only lo is left");
        lab.Up("--wait");
        lab.ShouldBeSettled();
    }

    [Test]
    public void One_that_hangs_is_killed_by_down_which_deletes_what_it_left()
    {
        using var lab = Up();
        using var inside = lab.Enter("sleep", "60");
        Tool.Run("kill", "-STOP", Machine.Engine(lab.Name).ToString(CultureInfo.InvariantCulture));

        lab.TryDown().Exit.Should().Be(1, "somebody is inside");

        Machine.Engines(lab.Name).Should().BeEmpty();
        Machine.Ip(lab.Name, "link").Should().ContainSingle("only lo is left");
    }

    [Test]
    public void One_that_hangs_is_replaced_by_up_and_the_connection_goes_on()
    {
        using var lab = Up();
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("before").Should().Be("before");
        var (engine, look) = (Machine.Engine(lab.Name), LeftDevice.Look(lab.Name));
        Tool.Run("kill", "-STOP", engine.ToString(CultureInfo.InvariantCulture));

        lab.Up("--wait");

        Machine.Engine(lab.Name).Should().NotBe(engine);
        LeftDevice.Look(lab.Name).Should().Be(look);
        tcp.Talk("again").Should().Be("again");
    }

    [Test]
    public void A_strangers_device_of_that_name_is_not_taken_over()
    {
        using var lab = Up();
        LeftDevice.KillEngine(lab.Name);
        Tool.Run("ip", "-n", lab.Name, "link", "delete", lab.Name);
        Tool.Run("ip", "-n", lab.Name, "tuntap", "add", lab.Name, "mode", "tun", "multi_queue", "vnet_hdr");
        var stranger = LeftDevice.Look(lab.Name);

        lab.Up("--verbose", "--wait").Should().Contain($"delete link {lab.Name}").And.NotContain("which stands");

        LeftDevice.Look(lab.Name).Should().NotBe(stranger);
        lab.ShouldBeSettled();
    }

    [Test]
    public void One_that_somebody_else_has_open_is_an_error_that_says_so()
    {
        using var lab = Up();
        LeftDevice.KillEngine(lab.Name);
        using var stranger = lab.Enter("python3", "-c", Attach(lab));
        stranger.Hear("has it");

        var refused = lab.TryUp();
        refused.Exit.Should().Be(1);
        refused.Errors.Should().Contain($"another process has the device {lab.Name} open");

        stranger.Dispose();
        lab.Up("--wait");
        lab.ShouldBeSettled();
    }

    [Test]
    public void With_its_port_taken_meanwhile_up_says_so_and_it_stands_until_the_port_is_free()
    {
        using var lab = new Lab(withProvider: true) { Extra = "engine = \"embedded\"\nlistenPort = 47219" };
        lab.Save();
        lab.Up("--wait");
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("before").Should().Be("before");
        var look = LeftDevice.Look(lab.Name);
        LeftDevice.KillEngine(lab.Name);
        using (var thief = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            thief.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 47219));
            var refused = lab.TryUp();
            refused.Exit.Should().Be(1);
            refused.Errors.Should().Contain("UDP port 47219 is in use by another program");
            Machine.Engines(lab.Name).Should().BeEmpty();
            LeftDevice.Look(lab.Name).Should().Be(look);
            LeftDevice.HasCarrier(lab.Name).Should().BeFalse();
        }

        lab.Up("--wait");
        tcp.Talk("again").Should().Be("again");
        LeftDevice.Look(lab.Name).Should().Be(look);
    }

    internal static Lab Up()
    {
        var lab = LeftDevice.Lab();
        lab.Up("--wait");
        return lab;
    }

    private static string Entry(Lab lab) => Cli.Do("list").Split('\n').Single(l => l.StartsWith(lab.Name + " ", StringComparison.Ordinal)) + " ";

    // TUNSETIFF with IFF_TUN, IFF_NO_PI, IFF_VNET_HDR and IFF_MULTI_QUEUE, as the engine opens it.
    internal static string Attach(Lab lab) => $"""
        import fcntl, os, struct, sys
        tun = os.open("/dev/net/tun", os.O_RDWR)
        flags = 0x5001 | ({(Environment.ProcessorCount > 1 ? 1 : 0)} << 8)
        fcntl.ioctl(tun, 0x400454ca, struct.pack("16sH22x", b"{lab.Name}", flags))
        print("has it", flush=True)
        sys.stdin.read()
        """;

    private static string Read(Socket socket, int length)
    {
        var (buffer, got) = (new byte[length], 0);
        while (got < length && socket.Receive(buffer.AsSpan(got)) is > 0 and var read)
        {
            got += read;
        }

        return System.Text.Encoding.ASCII.GetString(buffer, 0, got);
    }
}
