using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Linux.Namespaces;

public sealed class NetnsNameTests
{
    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("a/b")]
    [TestCase("../../etc/passwd")]
    [TestCase("a\0b")]
    public void A_name_that_leads_out_of_the_directory_is_refused(string name)
    {
        NetnsDirectory.IsValidName(name).Should().BeFalse();
        var act = () => new NetnsDirectory().Open(name);
        act.Should().Throw<ArgumentException>();
    }

    [Test]
    public void A_name_is_at_most_255_bytes()
    {
        NetnsDirectory.IsValidName(new string('a', 255)).Should().BeTrue();
        NetnsDirectory.IsValidName(new string('a', 256)).Should().BeFalse();
        NetnsDirectory.IsValidName(new string('ä', 128)).Should().BeFalse();
    }

    [Test]
    public void A_directory_that_is_not_there_has_no_name()
    {
        var nowhere = new NetnsDirectory("/nonexistent/netns");
        nowhere.Open("a").Should().BeOfType<NetnsLookup.Absent>();
        nowhere.Delete("a").Should().Be(NetnsDeletion.Absent);
    }

    [TestCase("")]
    [TestCase("net//x")]
    [TestCase("net/../kernel/x")]
    [TestCase("/net/x")]
    public void A_key_that_leads_out_of_proc_sys_is_refused(string key)
    {
        using var here = Netns.OfThisThread();
        var act = () => Sysctl.Read(here.Fd, key);
        act.Should().Throw<ArgumentException>();
    }
}
