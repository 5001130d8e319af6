namespace Wgns.Tests.Privileged.Commands;

/// <summary>Sockets that belong to no network namespace, or to another.</summary>
[Category("UserNamespace")]
public sealed class ExecSocketTests
{
    private const string MakeVsock = """
        import errno, socket
        try:
            socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close()
            print("made")
        except OSError as e:
            print(errno.errorcode[e.errno])
        """;

    [Test]
    public void AF_VSOCK_is_a_family_that_the_kernel_seems_not_to_have()
    {
        if (Tool.Run("python3", "-c", MakeVsock).Trim() != "made")
        {
            Assert.Inconclusive("this kernel has no AF_VSOCK to deny");
        }

        using var lab = new Lab();
        lab.Up();

        Cli.Do("exec", lab.Name, "--", "python3", "-c", MakeVsock).Should().Be("EAFNOSUPPORT\n");
        Cli.Do("exec", lab.Name, "--", "python3", "-c", "import socket; socket.socket(socket.AF_UNIX).close(); socket.socket(socket.AF_INET).close(); print('made')")
            .Should().Be("made\n");
    }

    /// <summary>Without arguments: whoever may make one is told that they are missing (EFAULT).</summary>
    [Test]
    public void Io_uring_by_which_a_socket_could_be_made_unseen_is_what_the_kernel_seems_not_to_have()
    {
        const string Try = "import ctypes; libc = ctypes.CDLL(None, use_errno=True); libc.syscall(425, 1, None); print(ctypes.get_errno())";
        using var lab = new Lab();
        lab.Up();

        Tool.Run("python3", "-c", Try).Trim().Should().NotBe("38");
        Cli.Do("exec", lab.Name, "--", "python3", "-c", Try).Should().Be("38\n");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void A_network_socket_of_outside_is_not_handed_in_unless_that_is_asked_for(int descriptor)
    {
        using var lab = new Lab();
        lab.Up();
        string Run(string option) => Tool.Ask("python3", "-c", $"""
            import os, socket, sys
            server = socket.create_server(("127.0.0.1", 0))
            client = socket.create_connection(server.getsockname())
            pid = os.fork()
            if pid == 0:
                os.dup2(client.fileno(), {descriptor})
                os.execv(sys.argv[1], [sys.argv[1], "exec", "{lab.Name}", {option} "--", "true"])
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """, Cli.Binary).Output.Trim();

        Run(string.Empty).Should().EndWith("1");
        Run("\"--allow-sockets\",").Should().EndWith("0");
    }

    /// <summary>O_PATH opens a file without its leave, be it a directory or a socket to connect to by /proc/self/fd.</summary>
    [TestCase(0, "O_RDONLY")]
    [TestCase(1, "O_RDONLY")]
    [TestCase(2, "O_RDONLY")]
    [TestCase(0, "O_PATH")]
    public void A_directory_of_outside_is_not_handed_in(int descriptor, string how)
    {
        using var lab = new Lab();
        lab.Up();
        string Run(string path, string flags) => Tool.Run("python3", "-c", $"""
            import os, sys
            pid = os.fork()
            if pid == 0:
                os.dup2(os.open("{path}", os.{flags}), {descriptor})
                os.execv(sys.argv[1], [sys.argv[1], "exec", "--allow-sockets", "{lab.Name}", "--", "true"])
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """, Cli.Binary).Split('\n')[^2];

        Run("/run", how).Should().Be("1");
        Run("/etc/passwd", "O_RDONLY").Should().Be("0");
        Run("/etc/passwd", "O_PATH").Should().Be("1");
    }

    [Test]
    public void Isolated_it_is_told_of_no_program_outside_and_otherwise_of_all()
    {
        using var lab = new Lab();
        lab.Up();
        string[] leading = ["DOCKER_HOST", "CONTAINER_HOST", "TMUX", "STY", "GPG_AGENT_INFO", "SSH_AUTH_SOCK", "PULSE_SERVER", "PIPEWIRE_REMOTE", "ICEAUTHORITY", "DBUS_SYSTEM_BUS_ADDRESS", "SESSION_MANAGER", "WAYLAND_SOCKET"];
        string[] variables = [.. leading.Select(v => $"{v}=/tmp/somebody")];
        IEnumerable<string> Seen(params string[] option) =>
            Tool.Run("env", [.. variables, Cli.Binary, "exec", lab.Name, .. option, "--", "env"]).Split('\n').Intersect(variables);

        Seen("--isolate").Should().BeEmpty();
        Seen().Should().BeEquivalentTo(variables);
    }

    [Test]
    public void Isolated_it_finds_nothing_of_the_session()
    {
        using var lab = new Lab();
        lab.Up();
        string[] variables = ["DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/0/bus", "DISPLAY=:0", "WAYLAND_DISPLAY=wayland-0", "SSH_AUTH_SOCK=/tmp/agent", "LESS=-R"];

        var seen = Tool.Run("env", [.. variables, Cli.Binary, "exec", lab.Name, "--isolate", "--", "sh", "-c", "env; ls /run"]);

        seen.Should().NotContain("DBUS_SESSION").And.NotContain("DISPLAY").And.NotContain("SSH_AUTH_SOCK").And.NotMatchRegex("(?m)^user$");
        seen.Should().Contain("LESS=-R");
        Tool.Run("env", [.. variables, Cli.Binary, "exec", lab.Name, "--", "env"]).Should().Contain("DISPLAY=:0");
    }
}
