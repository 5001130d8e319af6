using System.Net.Sockets;
using System.Text;

namespace Wgns.Tests.Privileged.Forwarding;

/// <summary>`wgns forward` from and to unix sockets.</summary>
public sealed class UnixTests
{
    [TestCase(false, true)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    public void A_path_outside_leads_to_a_port_or_a_path_inside_and_back(bool isPathOutside, bool isPathInside)
    {
        using var lab = new ForwardLab();
        Tool.Run("chmod", "755", lab.Lab.Directory);
        var (listen, connect) = (Path.Combine(lab.Lab.Directory, "out.sock"), Path.Combine(lab.Lab.Directory, "in.sock"));
        var port = ForwardLab.FreePort();
        var service = isPathInside ? Serve(lab, connect) : lab.Serve(80);
        var running = lab.Start(isPathOutside ? listen : ForwardLab.Text(port), isPathInside ? connect : "80");
        Until.True(() => (isPathOutside ? File.Exists(listen) : ForwardLab.Listens(port)) || running.HasEnded);
        using var client = isPathOutside ? Connect(listen) : ForwardLab.Connect(port);

        // More than the sockets and the pipe between them hold: somebody must read meanwhile.
        var sending = Task.Run(() =>
        {
            client.Send(new byte[5_000_000]);
            client.Shutdown(SocketShutdown.Send);
        });
        using var inside = ForwardLab.Accept(service);
        ForwardLab.ReadAll(inside).Should().HaveCount(5_000_000);
        sending.Wait(TimeSpan.FromSeconds(20)).Should().BeTrue();
        inside.Send("answer"u8);
        inside.Shutdown(SocketShutdown.Send);
        Encoding.ASCII.GetString(ForwardLab.ReadAll(client)).Should().Be("answer");
    }

    [Test]
    public void A_socket_that_was_left_is_replaced_and_a_file_is_not()
    {
        using var lab = new ForwardLab();
        var path = Path.Combine(lab.Lab.Directory, "out.sock");
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(path));
        }

        // The runtime removes what it bound; somebody who was killed does not.
        var forwarding = lab.Start(path, "80");
        Until.True(() => File.Exists(path) && TryConnect(path)).Should().BeTrue();
        forwarding.Signal("KILL").End();
        File.Exists(path).Should().BeTrue();
        var again = lab.Start(path, "80");
        Until.True(() => TryConnect(path) || again.HasEnded).Should().BeTrue();
        again.HasEnded.Should().BeFalse();

        var file = Path.Combine(lab.Lab.Directory, "file");
        File.WriteAllText(file, "mine");
        lab.Start(file, "80").End().Errors.Should().Contain("Address already in use");
        File.ReadAllText(file).Should().Be("mine");
    }

    private static Socket Serve(ForwardLab lab, string path)
    {
        var socket = lab.Lab.Own(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        socket.Bind(new UnixDomainSocketEndPoint(path));
        Tool.Run("chmod", "666", path);
        socket.Listen(16);
        return socket;
    }

    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendTimeout = 20000, ReceiveTimeout = 20000 };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static bool TryConnect(string path)
    {
        try
        {
            Connect(path).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
