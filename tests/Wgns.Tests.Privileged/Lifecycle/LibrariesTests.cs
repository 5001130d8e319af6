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
}
