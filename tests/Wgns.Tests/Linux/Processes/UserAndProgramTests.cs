using Wgns.Linux.Processes;

namespace Wgns.Tests.Linux.Processes;

public sealed class UserAndProgramTests
{
    [Test]
    public void A_user_is_found_by_name_and_by_number()
    {
        var root = UserAccount.TryFind("root", out var problem)!;
        problem.Should().BeEmpty();
        // Not everywhere /root: where Nix builds, root lives elsewhere.
        var home = File.ReadLines("/etc/passwd").First(line => line.StartsWith("root:", StringComparison.Ordinal)).Split(':')[5];
        (root.Name, root.Uid, root.Gid, root.Home).Should().Be(("root", 0u, 0u, home));
        root.Groups.Should().Contain(0u);
        UserAccount.TryFind("0", out _).Should().BeEquivalentTo(root);
    }

    [Test]
    public void A_group_that_is_given_is_the_first_and_one_of_all()
    {
        var account = UserAccount.TryFind("root:4242", out _)!;
        account.Gid.Should().Be(4242);
        account.Groups.Should().Contain([0u, 4242u]);
        UserAccount.TryFind("root:root", out _)!.Gid.Should().Be(0);
    }

    [Test]
    public void A_number_nobody_has_needs_its_group()
    {
        UserAccount.TryFind("3999999999", out var problem).Should().BeNull();
        problem.Should().Contain("3999999999:GID");
        UserAccount.TryFind("3999999999:7", out _).Should().BeEquivalentTo(
            new UserAccount(null, 3999999999, 7, [7], "/", "/bin/sh"));
    }

    [TestCase("no-such-user", "there is no user 'no-such-user'")]
    [TestCase("root:no-such-group", "there is no group 'no-such-group'")]
    [TestCase("", "there is no user ''")]
    [TestCase("4294967295:0", "there is no user '4294967295'")]
    public void A_name_that_is_not_there_is_said_to_be_none(string text, string words)
    {
        UserAccount.TryFind(text, out var problem).Should().BeNull();
        problem.Should().Be(words);
    }

    [Test]
    public void The_environment_is_the_users_own_where_it_names_them() =>
        new UserAccount("a", 1, 1, [1], "/home/a", "/bin/zsh").Environment(["HOME=/root", "USER=root", "X=1", "HOMER=2"])
            .Should().Equal("X=1", "HOMER=2", "HOME=/home/a", "SHELL=/bin/zsh", "USER=a", "LOGNAME=a");

    [Test]
    public void A_name_is_looked_for_in_every_directory_of_PATH_and_a_path_is_not()
    {
        ProgramSearch.Candidates("sh", "/a:/b").Should().Equal("/a/sh", "/b/sh");
        ProgramSearch.Candidates("sh", "/a::/b").Should().Equal("/a/sh", "./sh", "/b/sh");
        ProgramSearch.Candidates("./sh", "/a").Should().Equal("./sh");
        ProgramSearch.Candidates("sh", null).Should().HaveCount(3);
        ProgramSearch.Candidates("", "/a").Should().BeEmpty();
        ProgramSearch.Find("sh", "/nowhere:/bin").Should().Be("/bin/sh");
        ProgramSearch.Find("no-such-program", null).Should().BeNull();
    }
}
