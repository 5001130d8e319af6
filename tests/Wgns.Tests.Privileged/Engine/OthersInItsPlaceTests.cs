using Wgns.Engine;
using Wgns.Linux;
using Wgns.Linux.WireGuard;

namespace Wgns.Tests.Privileged.Engine;

/// <summary>Whoever answers where an engine should is given private keys: only root's and our own processes may.</summary>
public sealed class OthersInItsPlaceTests
{
    [Test]
    public void Without_a_umask_nothing_that_is_made_can_be_changed_by_others()
    {
        using var lab = new Lab();
        lab.Save();

        var answer = WithRunOfItsOwn(lab, "umask 0; \"$0\" up \"$1\"; find /run /etc/netns ! -type l -perm /022; \"$0\" down \"$1\"");

        answer.Exit.Should().Be(0, answer.Errors);
        answer.Output.Split('\n').Where(l => l.StartsWith('/')).Should().BeEmpty();
    }

    [TestCase("mkdir -m 777 /run/wireguard", "mode 777")]
    [TestCase("mkdir -m 1777 /run/wireguard", "mode 1777")]
    [TestCase("install -d -o 65534 /run/wireguard", "uid 65534")]
    public void No_engine_is_started_where_others_could_take_its_place(string before, string problem)
    {
        using var lab = new Lab();
        lab.Save();

        var answer = WithRunOfItsOwn(lab, $"{before}; ! \"$0\" up \"$1\"; \"$0\" list");

        answer.Exit.Should().Be(0, answer.Errors);
        answer.Errors.Should().Contain("can be changed by others").And.Contain(problem).And.Contain("chmod 755");
        answer.Output.Should().NotContain(lab.Name, "nothing of it stays");
    }

    [Test]
    public void A_process_of_another_user_is_given_no_key()
    {
        using var lab = new Lab();
        var path = Path.Combine(lab.Directory, "others.sock");
        Tool.Run("chmod", "777", lab.Directory);
        using var other = new Running("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "perl", "-MIO::Socket::UNIX", "-e", """
            $| = 1;
            my $listening = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1) or die $!;
            print "ready\n";
            sysread($listening->accept, my $given, 1000);
            print "given ", length($given), " bytes\n";
            """, path]);
        other.Hear("ready");
        using var device = new UapiDevice(path, _ => throw new InvalidOperationException("it has no key"));

        var set = () => device.Set(new DeviceChange(null, 51820, null, []));

        set.Should().Throw<KernelException>().WithMessage("*a process of uid 65534 answers there*");
        other.End().Output.Should().Contain("given 0 bytes");
    }

    private static Tool.Answer WithRunOfItsOwn(Lab lab, string script) => Tool.Ask(
        "unshare", "--mount", "sh", "-euc", $"mount -t tmpfs -o mode=755 run-of-test /run; {script}", Cli.Binary, lab.Config);
}
