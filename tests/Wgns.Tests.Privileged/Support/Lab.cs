using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Wgns.Tests.Privileged;

/// <summary>One namespace's worth of files and names for a test, and the proof afterwards that nothing of it is left.</summary>
internal sealed class Lab : IDisposable
{
    private static int s_count;
    private readonly List<IDisposable> _things = [];
    private readonly HashSet<string> _sockets = [];

    /// <param name="host">The netns where the program runs and the provider is near, as another machine's; null: this one's.</param>
    internal Lab(bool withProvider = false, string? host = null)
    {
        Host = host;
        Name = string.Create(CultureInfo.InvariantCulture, $"t{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        Directory = System.IO.Directory.CreateTempSubdirectory("wgns-test-").FullName;
        Key = NewKey("private.key");
        using (var pub = new Running("wg", ["pubkey"]))
        {
            PublicKey = pub.End(File.ReadAllText(KeyFile)).Output.Trim();
        }

        if (withProvider)
        {
            Provider = new Provider(Name, Directory, PublicKey, host);
            PeerKey = Provider.PublicKey;
            Endpoint = Provider.Endpoint;
        }

        Save();
    }

    internal string Name { get; }

    internal string? Host { get; }

    internal string Directory { get; }

    /// <summary>The private key's text, to look for it where it must not be.</summary>
    internal string Key { get; }

    internal string KeyFile => Path.Combine(Directory, "private.key");

    internal string PublicKey { get; }

    internal Provider? Provider { get; }

    internal string Config => Path.Combine(Directory, Name + ".toml");

    internal string State => $"/run/wgns/{Name}.json";

    internal string ResolvConf => $"/etc/netns/{Name}/resolv.conf";

    // What the configuration says. A test changes these and saves.
    internal string Ips { get; set; } = """["10.99.0.2/32", "fd99::2/128"]""";

    internal string Dns { get; set; } = "dns_server = \"10.99.0.1\"";

    internal string Rules { get; set; } = string.Empty;

    internal string Extra { get; set; } = string.Empty;

    internal string PeerKey { get; set; } = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";

    /// <summary>Nobody's, and of the network that a demo, which another test may run meanwhile, takes last: by its link the MTU would be another.</summary>
    internal string Endpoint { get; set; } = "203.0.113.1:51820";

    internal string AllowedIps { get; set; } = """["0.0.0.0/0", "::/0"]""";

    internal string PeerExtra { get; set; } = string.Empty;

    internal string MorePeers { get; set; } = string.Empty;

    internal void Save()
    {
        var text = new StringBuilder();
        text.Append("ips = ").AppendLine(Ips);
        text.AppendLine("privateKeyFile = \"private.key\"");
        text.AppendLine(Dns);
        text.AppendLine(Extra);
        if (Rules.Length > 0)
        {
            text.Append("extraFirewallRules = '''\n").Append(Rules).AppendLine("'''");
        }

        text.AppendLine("[[peers]]");
        text.Append("publicKey = \"").Append(PeerKey).AppendLine("\"");
        text.Append("endpoint = \"").Append(Endpoint).AppendLine("\"");
        text.Append("allowedIPs = ").AppendLine(AllowedIps);
        text.AppendLine(PeerExtra);
        text.AppendLine(MorePeers);
        File.WriteAllText(Config, text.ToString());
    }

    internal string NewKey(string file)
    {
        var key = Transcript.Secret(Tool.Run("wg", "genpsk")).Trim();
        File.WriteAllText(Path.Combine(Directory, file), key + "\n");
        File.SetUnixFileMode(Path.Combine(Directory, file), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return key;
    }

    internal string Up(params string[] options) => Remembering(() => Do(["up", Config, .. options]));

    internal Answer TryUp(params string[] options) => Remembering(() => Ask(["up", Config, .. options]));

    internal string Reload() => Do("reload", Config);

    internal string Down(params string[] options) => Remembering(() => Do(["down", Name, .. options]));

    internal Answer TryDown(params string[] options) => Remembering(() => Ask(["down", Name, .. options]));

    /// <summary>The program, on this lab's host.</summary>
    internal Running Start(params string[] arguments) => Within.Start(Host, [Cli.Binary, .. arguments]);

    internal string Do(params string[] arguments)
    {
        var answer = Ask(arguments);
        answer.Exit.Should().Be(0, "wgns {0} must work: {1}", string.Join(' ', arguments), answer.Words);
        return answer.Output;
    }

    private Answer Ask(params string[] arguments)
    {
        using var running = Start(arguments);
        return running.End();
    }

    internal JsonElement Status() =>
        JsonDocument.Parse(Cli.Run("status", Name, "--json").Output).RootElement.GetProperty("namespaces")[0];

    internal void ShouldBeSettled() => Cli.Do("up", Config).Should().Contain("nothing to do");

    /// <summary>A command in the namespace that is neither ours nor needs a mount.</summary>
    internal Running Enter(params string[] command) => Own(Within.Start(Name, command));

    internal T Own<T>(T thing) where T : IDisposable
    {
        _things.Add(thing);
        return thing;
    }

    /// <summary>Keeps in mind which sockets there were, since their names are random.</summary>
    internal T Remembering<T>(Func<T> action)
    {
        var result = action();
        Remember();
        return result;
    }

    internal void Remember()
    {
        if (Machine.StateOf(Name) is { } state && state.TryGetProperty("interfaces", out var interfaces))
        {
            _sockets.UnionWith(interfaces.EnumerateArray()
                .Where(i => i.GetProperty("engine").ValueKind == JsonValueKind.Object)
                .Select(i => i.GetProperty("engine").GetProperty("socket").GetString()!));
        }
    }

    /// <summary>What of this lab's namespace the machine still has; empty after a down.</summary>
    internal List<string> Leftovers() => [.. Machine.Traces(Name), .. _sockets.Where(File.Exists)];

    public void Dispose()
    {
        foreach (var thing in Enumerable.Reverse(_things))
        {
            thing.Dispose();
        }

        Transcript.Keep(Name);
        var down = TryDown("--force");
        Provider?.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
        var left = Leftovers();
        Machine.Sweep(Name);
        if (left.Count > 0)
        {
            // Said when the test is over: an exception from here would stand in the place of the test's own.
            NothingLeftAttribute.Left.Enqueue($"{Name}: {string.Join(", ", left)} (down said {down.Exit}: {down.Words})");
        }
    }
}
