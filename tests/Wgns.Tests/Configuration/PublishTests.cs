using Wgns.Configuration;

namespace Wgns.Tests.Configuration;

public sealed class PublishTests
{
    private static string With(params string[] entries) =>
        Read.Around(string.Empty) + string.Concat(entries.Select(e => $"[[publish]]\n{e}\n"));

    private static string[] Errors(params string[] entries) => [.. Read.Text(With(entries)).Diagnostics.Select(d => d.Message)];

    [TestCase("listen = 8112", "127.0.0.1:8112", "127.0.0.1:8112", 300)]
    [TestCase("listen = '8112'\nidle = 0", "127.0.0.1:8112", "127.0.0.1:8112", 0)]
    [TestCase("listen = '0.0.0.0:8112'\nconnect = 80", "0.0.0.0:8112", "127.0.0.1:80", 300)]
    [TestCase("listen = '[fd00::1]:8112'\nconnect = '[::1]:1'", "[fd00::1]:8112", "[::1]:1", 300)]
    [TestCase("listen = '/run/a.sock'\nconnect = '/run/b/c.sock'\nidle = 86400", "/run/a.sock", "/run/b/c.sock", 86400)]
    public void An_entry_says_where_the_host_listens_and_where_that_leads(string entry, string listen, string connect, int idle)
    {
        var publish = Read.Config(With(entry)).Publish.Should().ContainSingle().Subject;
        publish.Listen.ToString().Should().Be(listen);
        publish.Connect.ToString().Should().Be(connect);
        publish.IdleSeconds.Should().Be(idle);
    }

    [TestCase("connect = 80", "a publish has no listen")]
    [TestCase("listen = 0", "listen is 0; a port is 1-65535")]
    [TestCase("listen = 65536", "listen is 65536; a port is 1-65535")]
    [TestCase("listen = -1", "listen is -1; a port is 1-65535")]
    [TestCase("listen = true", "listen is a boolean; it must be a port or a string")]
    [TestCase("listen = 'localhost:80'", "listen \"localhost:80\" has no IP address before its port")]
    [TestCase("listen = '::1:80'", "listen \"::1:80\" has no IP address before its port")]
    [TestCase("listen = '[127.0.0.1]:80'", "listen \"[127.0.0.1]:80\" has no IP address before its port")]
    [TestCase("listen = '127.0.0.1:'", "listen \"127.0.0.1:\" has no port of 1-65535")]
    [TestCase("listen = ''", "listen \"\" has no port of 1-65535")]
    [TestCase("listen = 'run/a'", "listen \"run/a\" has no port of 1-65535")]
    [TestCase("listen = '/run/../a'\nconnect = 1", "listen \"/run/../a\" is no plain path: \"//\", \".\", \"..\" or a \"/\" at its end")]
    [TestCase("listen = \"/run/a\\nb\"\nconnect = 1", "listen \"/run/a\nb\" holds a control character or a '\\', which no unit can name")]
    [TestCase("listen = '/run/a'", "a publish that listens on a path has no connect")]
    [TestCase("listen = 1\nidle = 86401", "idle is 86401; it must be 0-86400 seconds (0 is for good)")]
    [TestCase("lisen = 1\nlisten = 1", "unknown key \"lisen\" in a publish")]
    public void What_is_wrong_with_an_entry_is_said(string entry, string message) => Errors(entry).Should().Equal(message);

    [Test]
    public void A_path_that_no_socket_can_have_is_refused() =>
        Errors($"listen = '/{new string('a', 107)}'\nconnect = 1").Should().ContainSingle().Which.Should().Contain("107 bytes");

    [TestCase("listen = 80", "listen = '127.0.0.1:80'")]
    [TestCase("listen = 80", "listen = '0.0.0.0:80'")]
    [TestCase("listen = '[::]:80'", "listen = 80")]
    [TestCase("listen = '/run/a'\nconnect = 1", "listen = '/run/a'\nconnect = 2")]
    public void Two_entries_that_listen_at_one_place_are_an_error_at_the_second(string first, string second)
    {
        var result = Read.Text(With(first, second));
        var said = result.Diagnostics.Should().ContainSingle().Subject;
        said.Message.Should().Contain("is published twice");
        said.Span.Line.Should().BeGreaterThan(result.Config.Publish.Length + 8);
        result.Config.Publish.Should().ContainSingle();
    }

    [TestCase("listen = 80", "listen = 81")]
    [TestCase("listen = '127.0.0.1:80'", "listen = '127.0.0.2:80'")]
    [TestCase("listen = '0.0.0.0:80'", "listen = '[::1]:80'")]
    public void Two_entries_at_different_places_are_two(string first, string second) =>
        Read.Config(With(first, second)).Publish.Should().HaveCount(2);
}
