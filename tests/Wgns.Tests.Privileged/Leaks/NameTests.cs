using System.Net;
using Wgns.Demo;
using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>Who looks names up for a program inside, while the host does what hosts do to their resolvers.</summary>
public sealed class NameTests
{
    private const string Name = "leak.test";
    private const string Ours = Name + " " + Provider.Address;

    [Test]
    public void No_daemon_of_the_host_is_asked_for_a_name_though_it_comes_late_or_is_restarted()
    {
        using var street = new Street();
        using (var lab = Up(street, out var house, out var neighbour))
        {
            house.Do("$WGNS exec $NAME -- $TALKER names 0 leak.test >$D/names & program=$!");
            Said(lab).Should().BeTrue();
            house.RestartDaemons();
            house.Do("mkdir /run/late; mount --bind $D/daemons/nscd /run/late; umount /run/nscd; rmdir /run/nscd; mkdir /run/nscd; mount --bind $D/daemons/nscd /run/nscd");
            Said(lab).Should().BeTrue();
            house.Do($"$WGNS exec $NAME -- $TALKER ask {string.Join(' ', Household.Sockets)} /var/run/nscd/socket").Should().NotContain("answered");
            house.Do("kill -TERM $program; wait $program");
            Answers(lab).Should().OnlyContain(a => a == Ours);
            house.Calls.Should().Be(0);
            neighbour.Asked.Should().BeEmpty();
            street.NothingShouldHaveLeaked();

            // The control: everybody is there and answers, outside.
            house.Do("$TALKER names 1 leak.test").Should().Contain($"{Name} {Street.Neighbour}");
            house.Do($"$TALKER ask {string.Join(' ', Household.Sockets)}").Split('\n').Should().HaveCount(Household.Sockets.Count + 1).And.NotContain(l => l.Contains("No such", StringComparison.Ordinal));
            neighbour.Asked.Should().Contain(a => a.Question.Name == Name);
            street.Leaks().Should().Contain(p => p.Protocol == 17 && p.DestinationPort == 53);
        }
    }

    [Test]
    public void In_the_namespace_alone_with_the_hosts_run_every_daemon_is_reached()
    {
        using var street = new Street();
        using var lab = Up(street, out var house, out _);
        house.Do("nsenter --net=/run/netns/$NAME $TALKER names 1 leak.test");
        house.CallsOf("/run/nscd/socket").Should().BePositive("the C library asks nscd before it looks at any file");
        house.Do($"nsenter --net=/run/netns/$NAME $TALKER ask {string.Join(' ', Household.Sockets)}")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(Household.Sockets.Count).And.OnlyContain(l => l.EndsWith(" answered", StringComparison.Ordinal));
        Until.True(() => Household.Sockets.All(s => house.CallsOf(s) > 0)).Should().BeTrue();
    }

    [Test]
    public void Whatever_takes_the_place_of_the_hosts_resolv_conf_the_namespaces_stays()
    {
        using var street = new Street();
        using (var lab = Up(street, out var house, out var neighbour))
        {
            house.Do("coproc INSIDE { exec $WGNS exec $NAME -- bash -c 'while read -r; do sed -n \"s/^nameserver //p\" /etc/resolv.conf; done'; }");
            house.Do("$WGNS exec $NAME -- $TALKER names 0 leak.test >$D/names & program=$!");
            Said(lab).Should().BeTrue();
            foreach (var change in (string[])
            [
                "echo nameserver 192.0.2.1 >/etc/new; mv /etc/new /etc/resolv.conf",
                "echo nameserver 192.0.2.1 >/run/stub.conf; ln -sfn /run/stub.conf /etc/resolv.conf",
                "echo nameserver 192.0.2.1 >/run/stub.new; mv /run/stub.new /run/stub.conf",
                "rm /etc/resolv.conf /etc/nsswitch.conf",
            ])
            {
                house.Do(change);
                house.Do("echo >&${INSIDE[1]}; read -r server <&${INSIDE[0]}; echo $server").Should().Be(Provider.Address + "\n", change);
                Said(lab).Should().BeTrue();
            }

            house.Do("kill -TERM $program; wait $program");
            Answers(lab).Should().OnlyContain(a => a == Ours);
            neighbour.Asked.Should().BeEmpty();
            house.Calls.Should().Be(0);
        }

        street.NothingShouldHaveLeaked();
    }

    [Test]
    public void A_bind_as_ip_netns_exec_makes_it_is_lost_when_the_host_renames_its_resolv_conf()
    {
        using var street = new Street();
        using var lab = Up(street, out var house, out _);
        house.Do("coproc INSIDE { exec ip netns exec $NAME bash -c 'while read -r; do sed -n \"s/^nameserver //p\" /etc/resolv.conf; done'; }");
        house.Do("echo >&${INSIDE[1]}; read -r server <&${INSIDE[0]}; echo $server").Should().Be(Provider.Address + "\n");
        house.Do("echo nameserver 192.0.2.1 >/etc/new; mv /etc/new /etc/resolv.conf");
        house.Do("echo >&${INSIDE[1]}; read -r server <&${INSIDE[0]}; echo $server").Should().Be(Street.Neighbour + "\n");
    }

    [Test]
    public void Without_a_dns_server_no_name_is_looked_up_by_anybody()
    {
        using var street = new Street();
        using (var lab = Up(street, out var house, out var neighbour, dns: string.Empty))
        {
            house.Do("$WGNS exec $NAME -- $TALKER names 1 leak.test").Should().NotContain("10.").And.NotContain("192.");
            house.Do("$WGNS exec $NAME -- sed -n '/^nameserver/p' /etc/resolv.conf").Should().BeEmpty();
            house.Calls.Should().Be(0);
            neighbour.Asked.Should().BeEmpty();
            street.NothingShouldHaveLeaked();

            // With the host's files it would be the host's server.
            house.Do("nsenter --net=/run/netns/$NAME sed -n '/^nameserver/p' /etc/resolv.conf").Should().Be($"nameserver {Street.Neighbour}\n");
            house.Do("nsenter --net=/run/netns/$NAME $TALKER names 1 leak.test");
            house.CallsOf("/run/nscd/socket").Should().BePositive();
        }
    }

    private static Lab Up(Street street, out Household house, out NameServer neighbour, string dns = "dns_server = \"10.99.0.1\"")
    {
        var lab = street.MakeLab();
        lab.Dns = dns;
        lab.Save();
        lab.Up("--wait");
        lab.Own(Serve(lab.Provider!.Name, lab.Provider.Ifname, Provider.Address));
        neighbour = lab.Own(Serve(street.Lan, "host0", Street.Neighbour));
        house = new Household(street, lab);
        house.Do("true");
        return lab;
    }

    private static NameServer Serve(string netns, string ifname, string address)
    {
        var found = (NetnsLookup.Found)new NetnsDirectory().Open(netns);
        using (found.Netns)
        {
            return new NameServer(found.Netns.Fd, ifname, IPAddress.Parse(address), Name);
        }
    }

    private static List<string> Answers(Lab lab) =>
        [.. File.ReadAllText($"{lab.Directory}/names").Split('\n').SkipLast(1).Where(l => l != "inside")];

    /// <summary>The program inside has had answers from now on.</summary>
    private static bool Said(Lab lab)
    {
        var path = $"{lab.Directory}/names";
        var before = File.Exists(path) ? Answers(lab).Count : 0;
        return Until.True(() => File.Exists(path) && Answers(lab).Count > before + 1);
    }
}
