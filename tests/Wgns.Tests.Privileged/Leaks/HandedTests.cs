using System.Net;
using System.Net.Sockets;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>What a program may have been given or may reach for: descriptors, sockets of other kinds, mounts, capabilities.</summary>
public sealed class HandedTests
{
    // A shell's socket of its own, which a child inherits: bash makes it on the host and starts the command with it.
    private const string WithSocket = "exec 7<>/dev/udp/192.0.2.1/4242; ";

    [Test]
    public void A_socket_of_the_host_that_was_left_open_is_closed_at_the_door()
    {
        using var street = new Street();
        using var lab = Up(street);
        Shell(street, WithSocket + $"exec {Cli.Binary} exec {lab.Name} -- {Talker.Path} hold 7 192.0.2.1 4242").Should().Contain("Bad file descriptor");
        street.NothingShouldHaveLeaked();

        // Without the door it stays what it was.
        Shell(street, WithSocket + $"exec nsenter --net=/run/netns/{lab.Name} {Talker.Path} hold 7 192.0.2.1 4242").Should().Be("sent\n");
        street.Leaks().Should().Contain(p => p.Kind == "handed");
    }

    [Test]
    public void An_abstract_socket_of_the_host_is_not_there_inside()
    {
        using var street = new Street();
        using var lab = Up(street);
        var name = $"{lab.Name}.abstract";
        using var listener = SocketInside.OpenUnix(street.Host);
        listener.Bind(new UnixDomainSocketEndPoint("\0" + name));
        listener.Listen();
        lab.Do("exec", lab.Name, "--", Talker.Path, "ask", "@" + name).Should().Be($"@{name} Connection refused\n");
        Shell(street, $"{Talker.Path} ask @{name}").Should().Be($"@{name} answered\n");
    }

    [Test]
    public void A_user_inside_has_no_way_back_into_the_hosts_namespace()
    {
        using var street = new Street();
        using var lab = Up(street);
        var host = $"/proc/{Environment.ProcessId}/ns/net";
        string As(params string[] user)
        {
            using var inside = lab.Start(["exec", lab.Name, .. user, "--", .. Within.Words(host, "readlink", "/proc/self/ns/net")]);
            return inside.End().Output.Trim();
        }

        As("--user", "nobody").Should().BeEmpty();

        // Root keeps its capabilities, and is not who this is for.
        As().Should().Be(Machine.Link(host));
    }

    [Test]
    public void What_is_mounted_inside_stays_inside_though_the_hosts_mounts_are_shared()
    {
        using var street = new Street();
        using var lab = Up(street);
        using var house = new Household(street, lab, keepsMountsToItself: false);
        house.Do("mkdir $D/mnt; mount --bind $D/mnt $D/mnt; mount --make-shared $D/mnt; mkdir $D/mnt/x");
        house.Do("$WGNS exec $NAME -- sh -c 'mount -t tmpfs inside $0/mnt/x && grep -c inside /proc/self/mountinfo' $D").Trim().Should().Be("1");
        house.Do("grep -c '^.* inside rw' /proc/self/mountinfo").Trim().Should().Be("0");

        // A mount namespace that is only copied hands it on.
        house.Do("unshare --mount --propagation unchanged mount -t tmpfs inside $D/mnt/x");
        house.Do("grep -c '^.* inside rw' /proc/self/mountinfo").Trim().Should().NotBe("0");
        house.Do("umount -R $D/mnt; umount -R $D/mnt");
    }

    [TestCase("$TALKER ask /proc/self/fd/0/cups/cups.sock </run", "is a directory of outside")]
    [TestCase("$TALKER ask cups.sock", "stay in /run/cups, which is not there inside")]
    [TestCase("$TALKER ask ../cups.sock", "stay in a directory without a name")]
    public void A_directory_of_the_hosts_run_leads_to_none_of_its_daemons(string command, string refusal)
    {
        const string Socket = "/run/cups/cups.sock";
        using var street = new Street();
        using var lab = Up(street);
        using var house = new Household(street, lab);
        var place = command.Contains('<', StringComparison.Ordinal) ? "cd /"
            : command.Contains("..", StringComparison.Ordinal) ? "mkdir /run/cups/gone; cd /run/cups/gone; rmdir /run/cups/gone"
            : "cd /run/cups";
        house.Do($"{place}; $WGNS exec $NAME -- {command}; cd /").Should().Contain(refusal);
        house.CallsOf(Socket).Should().Be(0);

        // With an empty /run alone, whoever has or stands in a directory of the other one goes on from there.
        house.Do($"{place}; nsenter --net=/run/netns/$NAME unshare --mount sh -c 'mount -t tmpfs none /run; exec \"$@\"' sh {command}; cd /").Should().Contain("answered");
        house.CallsOf(Socket).Should().BePositive();
    }

    [Test]
    public void A_packet_too_big_of_the_tunnels_far_side_is_let_in()
    {
        using var street = new Street();
        using var lab = Up(street);
        using var socket = Told(lab);
        Until.True(() => PathMtu(lab).Contains("mtu 1280", StringComparison.Ordinal)).Should().BeTrue(PathMtu(lab));
    }

    [Test]
    public void A_rule_that_drops_packet_too_big_is_seen_by_it()
    {
        using var street = new Street();
        using var lab = Up(street, "insert rule inet wgns input icmpv6 type packet-too-big drop\n");
        using var socket = Told(lab);
        Until.True(() => PathMtu(lab).Contains("mtu 1280", StringComparison.Ordinal), seconds: 1).Should().BeFalse();
    }

    [Test]
    public void Where_the_tunnel_has_no_IPv6_a_link_that_comes_later_says_nothing_by_it()
    {
        using var street = new Street();
        using var lab = street.MakeLab();
        (lab.Ips, lab.AllowedIps) = ("[\"10.99.0.2/32\"]", "[\"0.0.0.0/0\"]");
        lab.Save();
        lab.Up("--wait");
        Spoken(street, lab).Should().BeEmpty();
        Tool.Run("ip", "-n", lab.Name, "link", "delete", "way0");

        // With it on, the kernel alone already says where it is.
        lab.Enter("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/default/disable_ipv6").End().Exit.Should().Be(0);
        Spoken(street, lab).Should().NotBeEmpty();
    }

    private static List<Packet> Spoken(Street street, Lab lab)
    {
        Tool.Run("ip", "-n", street.Lan, "link", "add", "way1", "type", "veth", "peer", "name", "way0", "netns", lab.Name);

        // What the far side says for itself must not be taken for it.
        Within.Run(street.Lan, "sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/way1/disable_ipv6");
        using var sniffer = new Sniffer(street.Lan, Machine.Ip(street.Lan, "link", "show", "way1").Single().GetProperty("ifindex").GetInt32());
        Tool.Run("ip", "-n", street.Lan, "link", "set", "way1", "addrgenmode", "none", "up");
        Tool.Run("ip", "-n", lab.Name, "link", "set", "way0", "up");
        Within.Run(lab.Name, Talker.Path, "shoot", "-", "5", "2001:db8:1::1");
        var packets = new List<Packet>();
        Until.True(() =>
        {
            packets.AddRange(sniffer.Take().Where(p => p.Ethertype == 0x86dd));
            return packets.Count > 0;
        }, seconds: 1);
        return packets;
    }

    /// <summary>The far side says of a datagram from inside that its way takes 1280 bytes at most (RFC 4443, 3.2).</summary>
    private static Socket Told(Lab lab)
    {
        var socket = SocketInside.Open(lab.Name, AddressFamily.InterNetworkV6, SocketType.Dgram);
        socket.Bind(new IPEndPoint(IPAddress.Parse("fd99::2"), 4343));
        socket.SendTo(new byte[8], new IPEndPoint(IPAddress.Parse(Provider.Address6), 4242));
        byte[] quoted = [0x60, 0, 0, 0, 0, 16, 17, 64, .. IPAddress.Parse("fd99::2").GetAddressBytes(), .. IPAddress.Parse(Provider.Address6).GetAddressBytes(), 4343 >> 8, 4343 & 255, 4242 >> 8, 4242 & 255, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        using var far = SocketInside.OpenIcmp6(lab.Provider!.Name);
        far.SendTo([2, 0, 0, 0, 0, 0, 1280 >> 8, 1280 & 255, .. quoted], new IPEndPoint(IPAddress.Parse("fd99::2"), 0));

        // Whoever has gone by then is told nothing.
        return socket;
    }

    private static string PathMtu(Lab lab) => Tool.Run("ip", "-n", lab.Name, "-6", "route", "get", Provider.Address6);

    private static string Shell(Street street, string script)
    {
        using var shell = Within.Start(street.Host, "bash", "-c", script);
        return shell.End().Output;
    }

    private static Lab Up(Street street, string rules = "")
    {
        var lab = street.MakeLab();
        lab.Rules = rules;
        lab.Save();
        lab.Up("--wait");
        return lab;
    }
}
