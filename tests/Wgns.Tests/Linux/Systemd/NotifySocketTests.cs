using System.Net.Sockets;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Systemd;

namespace Wgns.Tests.Linux.Systemd;

public sealed class NotifySocketTests
{
    [Test]
    public void Lines_arrive_as_one_datagram_at_a_path_and_at_an_abstract_name([Values("path", "abstract")] string kind)
    {
        var directory = Directory.CreateTempSubdirectory("wgns-notify-");
        try
        {
            var address = kind == "path" ? Path.Combine(directory.FullName, "notify") : $"@wgns-test-{Environment.ProcessId}-{Guid.NewGuid():N}";
            using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
            manager.Bind(new UnixDomainSocketEndPoint(kind == "path" ? address : "\0" + address[1..]));
            using var socket = NotifySocket.Open(address);
            socket!.Send("READY=1\nSTATUS=grün").Should().Be(Errno.None);
            var buffer = new byte[256];
            Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)).Should().Be("READY=1\nSTATUS=grün");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [TestCase(null)]
    [TestCase("")]
    public void Without_a_socket_nobody_is_told(string? address) => NotifySocket.Open(address).Should().BeNull();

    [Test]
    public void A_manager_that_is_gone_is_an_answer_and_no_exception()
    {
        using var socket = NotifySocket.Open("/nonexistent/notify");
        socket!.Send("WATCHDOG=1").Should().Be(Errno.ENOENT);
    }

    [Test]
    public void What_is_no_unix_address_is_refused()
    {
        FluentActions.Invoking(() => NotifySocket.Open("vsock:2:1234")).Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EINVAL);
        FluentActions.Invoking(() => NotifySocket.Open("/" + new string('x', 107))).Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ENAMETOOLONG);
        NotifySocket.AddressOf("@" + new string('x', 107)).Should().HaveCount(110).And.HaveElementAt(2, 0);
        NotifySocket.AddressOf("/a").Should().Equal(1, 0, (byte)'/', (byte)'a', 0);
    }
}
