using System.Net;
using System.Text.Json;
using Wgns.Demo;
using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>The filter in the place of the host's nscd: users come through, hosts do not.</summary>
public sealed class NscdTests
{
    private const string Name = "leak.test";
    private const string FindsUser = "getent passwd " + FakeNscd.User;
    private const string Filter = "systemd-socket-activate -l /run/wgns-nscd/socket $WGNS nscd-filter >$D/filter.log 2>&1 & filter=$!; until [ -S /run/wgns-nscd/socket ]; do sleep 0.05; done; chmod 666 /run/wgns-nscd/socket";
    private const string Sleeper = "$WGNS exec $NAME -- sleep 300 & inside=$!; until [ \"$(cat /proc/$inside/comm)\" = sleep ]; do sleep 0.1; done";
    private static readonly int[] UsersAndGroups = [0, 1, 2, 3, 15];

    [Test]
    public void A_user_that_only_the_hosts_nscd_knows_is_found_inside_and_a_host_is_never_asked_of_it()
    {
        using var street = new Street();
        using var lab = Up(street, out var house, out var nscd);
        using (nscd)
        {
            house.Do(Filter);
            try
            {
                house.Do($"$WGNS exec $NAME -- {FindsUser}").Should().StartWith($"{FakeNscd.User}:x:{FakeNscd.Uid}:");
                house.Do($"$WGNS exec $NAME -- id {FakeNscd.User}").Should().Contain($"uid={FakeNscd.Uid}({FakeNscd.User})");
                house.Do("$WGNS exec $NAME -- $TALKER names 1 leak.test").Should().Contain($"{Name} {Provider.Address}");
                house.Do("$WGNS exec $NAME -- getent hosts leak.test").Should().Contain(Provider.Address);
                house.Do("$WGNS exec $NAME -- getent services 9 || true");
                nscd.Asked.Should().Contain((FakeNscd.GETPWBYNAME, FakeNscd.User)).And.OnlyContain(a => UsersAndGroups.Contains(a.Type));
                nscd.Asked.Should().NotContain(a => a.Key.Contains(Name, StringComparison.Ordinal));
                street.NothingShouldHaveLeaked();
            }
            finally
            {
                house.Do("kill $filter");
            }

            // The control: who finds the nscd itself asks it for hosts.
            house.Do("nsenter --net=/run/netns/$NAME $TALKER names 1 leak.test");
            nscd.Asked.Should().Contain(a => !UsersAndGroups.Contains(a.Type) && a.Key == Name);
        }
    }

    [Test]
    public void A_program_inside_finds_the_filter_again_that_was_restarted_and_an_nscd_that_came_late()
    {
        using var street = new Street();
        using var lab = Up(street, out var house, out var nscd);
        house.Do("mkdir -p /run/wgns-nscd");
        house.Do($"coproc INSIDE {{ exec $WGNS exec $NAME -- bash -c 'while read -r; do echo \"$({FindsUser}).\"; done'; }}");
        const string Ask = "echo >&${INSIDE[1]}; read -r line <&${INSIDE[0]}; echo $line";
        house.Do(Ask).Should().Be(".\n", "nothing is there yet");
        for (var i = 0; i < 2; i++)
        {
            house.Do(Filter);
            house.Do(Ask).Should().StartWith(FakeNscd.User);
            house.Do("kill $filter; wait $filter; rm /run/wgns-nscd/socket");
            house.Do(Ask).Should().Be(".\n");
        }

        nscd.Dispose();
        house.Do(Filter);
        house.Do(Ask).Should().Be(".\n", "there is no nscd");
        using var late = new FakeNscd(house.PathOf("/run/nscd/socket"));
        house.Do(Ask).Should().StartWith(FakeNscd.User);
        house.Do("kill $filter; wait $filter");
    }

    [Test]
    public void Verify_tells_the_filter_from_an_nscd_that_stands_in_its_place()
    {
        using var street = new Street();
        using var lab = Up(street, out var house, out var nscd);
        using (nscd)
        {
            house.Do(Filter);
            house.Do(Sleeper);
            try
            {
                Failures(house).Keys.Should().NotContain("host's daemons").And.NotContain(k => k.StartsWith("process", StringComparison.Ordinal));
                house.Do("mount --bind /run/nscd /run/wgns-nscd");
                Failures(house)["host's daemons"].Should().Contain("/run/nscd/socket");
                house.Do("kill -9 $inside");
                house.Do(Sleeper);
                Failures(house).Should().Contain(f => f.Key.StartsWith("process sleep", StringComparison.Ordinal) && f.Value.Contains("/run/nscd/socket", StringComparison.Ordinal));
            }
            finally
            {
                house.Do("kill -9 $inside; kill $filter");
            }
        }
    }

    private static Dictionary<string, string> Failures(Household house) =>
        JsonDocument.Parse(house.Do("$WGNS verify $NAME --json")).RootElement.GetProperty("findings").EnumerateArray()
            .Where(f => f.GetProperty("outcome").GetString() == "failed")
            .ToDictionary(f => f.GetProperty("check").GetString()!, f => f.GetProperty("reason").GetString()!);

    private static Lab Up(Street street, out Household house, out FakeNscd nscd)
    {
        var lab = street.MakeLab();
        lab.Dns = "dns_server = \"10.99.0.1\"";
        lab.Save();
        lab.Up("--wait");
        var found = (NetnsLookup.Found)new NetnsDirectory().Open(lab.Provider!.Name);
        using (found.Netns)
        {
            lab.Own(new NameServer(found.Netns.Fd, lab.Provider.Ifname, IPAddress.Parse(Provider.Address), Name));
        }

        house = new Household(street, lab);
        house.Do("mkdir -p /run/wgns-nscd");
        nscd = new FakeNscd(house.PathOf("/run/nscd/socket"));
        return lab;
    }
}
