using System.Text.RegularExpressions;

namespace Wgns.Tests.Privileged.Rootless;

/// <summary>What a user reads where the machine does not let them.</summary>
public sealed class RefusalTests
{
    [Test]
    public void A_device_that_is_not_open_to_the_user_is_named_with_its_cure()
    {
        using var lab = new Lab();
        var person = new Person(lab);

        // In mounts of its own: the machine's device stays as it is.
        var answer = As(person, lab, "touch closed && chmod 600 closed && mount --bind closed /dev/net/tun", ["run", lab.Config, "--", "true"]);

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("/dev/net/tun is not open to you").And.Contain("chmod 0666 /dev/net/tun");
    }

    [Test]
    public void A_machine_without_user_namespaces_is_told_of_with_the_setting_that_allows_them()
    {
        using var lab = new Lab();
        var person = new Person(lab);

        // In a user namespace with the same users, whose own limit is 0: the machine's stays as it is.
        using var running = new Running(
            "unshare",
            ["-U", "--keep-caps", "sh", "-c", "echo waiting; read x; echo 0 >/proc/sys/user/max_user_namespaces; exec setpriv --reuid 64321 --regid 64321 --clear-groups \"$@\"", "sh", person.Program, "run", lab.Config, "--", "true"],
            lab.Directory,
            new Dictionary<string, string?> { ["XDG_RUNTIME_DIR"] = person.Runtime });
        running.Hear("waiting");
        File.WriteAllText($"/proc/{Person.Text(running.Pid)}/uid_map", "0 0 100000");
        File.WriteAllText($"/proc/{Person.Text(running.Pid)}/gid_map", "0 0 100000");
        var answer = running.Say("go").End();

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("user.max_user_namespaces is 0").And.Contain("sysctl -w user.max_user_namespaces=");
        person.Files().Should().BeEmpty();
    }

    [TestCase("engine = \"kernel\"", "needs root: its device would have to be made outside")]
    [TestCase("fwMark = 7", "fwMark needs root")]
    [TestCase("[hostLink]\nhostAddresses = [\"10.99.1.1/30\"]\nnsAddresses = [\"10.99.1.2/30\"]", "[hostLink] needs root")]
    public void What_cannot_be_had_without_root_is_said_before_anything_is_made(string key, string words)
    {
        using var lab = new Lab { Extra = key };
        lab.Save();
        var person = new Person(lab);

        var answer = person.Inside("true");

        answer.Exit.Should().Be(2);
        answer.Errors.Should().Contain(words);
        person.Files().Should().BeEmpty();
    }

    /// <summary>What waited for a pipe's writer could be ended by nobody, and stayed.</summary>
    [TestCase("PIPE", "is a pipe, which cannot be read again")]
    [TestCase("/dev/stdin", "is a descriptor of this process")]
    [TestCase("/dev/fd/0", "is a descriptor of this process")]
    [TestCase("/proc/self/fd/7", "is a descriptor of this process")]
    public void A_key_that_only_one_process_can_read_once_is_refused_and_not_waited_for(string path, string words)
    {
        using var lab = new Lab();
        Tool.Run("mkfifo", $"{lab.Directory}/pipe");
        path = path.Replace("PIPE", $"{lab.Directory}/pipe", StringComparison.Ordinal);
        File.WriteAllText(lab.Config, Regex.Replace(File.ReadAllText(lab.Config), "privateKeyFile = .*", $"privateKeyFile = '{path}'"));
        var person = new Person(lab);

        using var running = person.Wgns("run", lab.Config, "--", "true");
        var ended = Until.True(() => running.HasEnded);
        if (!ended)
        {
            running.Signal("TERM");
        }

        ended.Should().BeTrue();
        var answer = running.End();
        answer.Exit.Should().Be(2);
        answer.Errors.Should().Contain($"privateKeyFile {path} {words}").And.Contain("put the key into a file");
        person.HasNobody().Should().BeTrue();
        person.Files().Should().BeEmpty();
    }

    [Test]
    public void An_address_that_the_kernel_refuses_is_said_and_nothing_is_left()
    {
        using var lab = new Lab { Ips = "[\"10.99.0.2/32\", \"ff02::5/128\"]" };
        lab.Save();
        var person = new Person(lab);

        var answer = person.Inside("true");

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("taken back");
        person.HasNobody().Should().BeTrue();
        person.Files().Should().BeEmpty();
    }

    [Test]
    public void Verbs_for_the_machines_namespaces_still_ask_for_root_and_keep_is_not_for_root()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        person.Ask("up", lab.Config).Errors.Should().Contain("needs root").And.Contain("wgns run");
        person.Ask("exec", "no-such", "--", "true").Errors.Should().Contain("you have no namespace no-such");
        Cli.Run("run", "--keep", "mine", lab.Config).Errors.Should().Contain("--keep is for who is not root");
    }

    private static Answer As(Person person, Lab lab, string first, string[] arguments)
    {
        using var running = new Running(
            "unshare", ["-m", "sh", "-c", first + " && exec setpriv --reuid 64321 --regid 64321 --clear-groups \"$@\"", "sh", person.Program, .. arguments],
            lab.Directory, new Dictionary<string, string?> { ["XDG_RUNTIME_DIR"] = person.Runtime });
        return running.End();
    }
}
