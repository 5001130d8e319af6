namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>What a start may load: docs/decisions/0006-what-a-start-may-load.md.</summary>
public sealed class LibrariesTests
{
    [Test]
    public void Nothing_in_a_namespaces_life_loads_libssl_which_takes_longer_than_the_rules()
    {
        using var lab = new Lab { Extra = "engine = \"embedded\"" };
        lab.Save();
        foreach (var arguments in (string[][])[["up", lab.Config], ["status", lab.Name], ["exec", lab.Name, "--", "true"], ["down", lab.Name]])
        {
            // ld.so(8): a file for each process.
            using var running = new Running("env", ["LD_DEBUG=files", $"LD_DEBUG_OUTPUT={lab.Directory}/ld", Cli.Binary, .. arguments]);
            running.End().Exit.Should().Be(0);
        }

        var loaded = Directory.GetFiles(lab.Directory, "ld.*").Select(File.ReadAllText).ToList();
        loaded.Should().HaveCountGreaterThan(4, "there is the engine too");
        loaded.Should().Contain(l => l.Contains("file=libnftables.so", StringComparison.Ordinal)).And.Contain(l => l.Contains("file=libcrypto.so", StringComparison.Ordinal));
        loaded.Where(l => l.Contains("libssl", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Test]
    public void A_library_that_lies_beside_the_program_is_not_looked_at_for_its_folder_may_be_anybodys()
    {
        using var lab = new Lab();
        var program = Path.Combine(lab.Directory, "wgns");
        File.Copy(Cli.Binary, program);
        foreach (var library in (string[])["libcrypto.so.3", "libnftables.so.1", "libc.so.6", "libm.so.6"])
        {
            File.WriteAllText(Path.Combine(lab.Directory, library), "no library");
        }

        using var running = new Running("env", ["LD_DEBUG=files", $"LD_DEBUG_OUTPUT={lab.Directory}/ld", program, "up", lab.Config]);
        running.End().Exit.Should().Be(0);

        // ld.so(8) names each file that it was asked for, one that is no library too.
        var asked = Directory.GetFiles(lab.Directory, "ld.*").SelectMany(File.ReadAllLines).ToList();
        asked.Should().Contain(l => l.Contains("file=libnftables.so.1", StringComparison.Ordinal)).And.Contain(l => l.Contains("file=libcrypto.so.3", StringComparison.Ordinal));
        asked.Where(l => l.Contains($"file={lab.Directory}/lib", StringComparison.Ordinal)).Should().BeEmpty();
    }

    /// <summary>libcrypto takes its tables apart at exit(3), if it is let, and a thread may be making them: of a hundred one or two ended by SIGSEGV.</summary>
    [Test]
    public void A_command_that_is_refused_at_once_ends_as_it_says_while_the_libraries_are_loaded_beside_it()
    {
        using var lab = new Lab();
        using var running = new Running(
            "unshare", ["-n", "bash", "-c", $"ip tuntap add out0 mode tun && ip link set out0 up && for i in {{1..150}}; do {Cli.Binary} hold {lab.Config} 2>/dev/null; echo $?; done"]);
        running.End().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(150).And.OnlyContain(l => l == "1");
    }
}
