namespace Wgns.Tests.Privileged.Leaks;

/// <summary>Sockets that a namespace does not hold: those of the caller, on 0, 1 and 2, and those to a virtual machine's host.</summary>
public sealed class SocketTests
{
    private const int AF_VSOCK = 40;

    [Test]
    public void A_socket_of_the_host_as_standard_input_is_refused_and_gets_out_where_it_is_asked_for()
    {
        using var street = new Street();
        using var lab = street.MakeLab();
        lab.Up("--wait");
        string As(string option) => Run(street, $"exec {Cli.Binary} exec {lab.Name} {option} -- {Talker.Path} hold 0 192.0.2.1 4242 0<>/dev/udp/192.0.2.1/4242");
        As(string.Empty).Should().Contain("network socket").And.NotContain("sent");
        street.NothingShouldHaveLeaked();

        As("--allow-sockets").Should().Contain("sent");
        street.Leaks().Should().Contain(p => p.Kind == "handed");
    }

    [Test]
    public void A_vsock_cannot_be_made_by_exec_and_can_in_the_namespace_alone()
    {
        using var lab = new Lab();
        lab.Up();
        using var bare = Within.Start(lab.Name, Talker.Path, "family", $"{AF_VSOCK}");
        if (bare.End().Output != "made\n")
        {
            Assert.Inconclusive("this kernel has no AF_VSOCK to deny");
        }

        lab.Do("exec", lab.Name, "--", Talker.Path, "family", $"{AF_VSOCK}").Should().Contain("not supported");
    }

    /// <summary>With the filter of socket(2) alone, whoever has an io_uring has every family.</summary>
    [Test]
    public void An_io_uring_that_makes_sockets_unseen_cannot_be_made_by_exec_and_can_in_the_namespace_alone()
    {
        using var lab = new Lab();
        lab.Up();
        using var bare = Within.Start(lab.Name, Talker.Path, "uring", $"{AF_VSOCK}");
        if (bare.End().Output is not "made\n" and var refused)
        {
            Assert.Inconclusive($"this kernel makes no AF_VSOCK by an io_uring: {refused}");
        }

        lab.Do("exec", lab.Name, "--", Talker.Path, "uring", $"{AF_VSOCK}").Should().Be("Function not implemented\n");
    }

    private static string Run(Street street, string script)
    {
        using var shell = Within.Start(street.Host, "bash", "-c", script);
        return shell.End().Words;
    }
}
