using System.Collections.Immutable;
using System.Net;
using Wgns.Diagnostics;
using Wgns.Linux;
using Wgns.Toml;

namespace Wgns.Configuration;

/// <summary>What a text says, as far as it could be understood, and everything that is wrong with it.</summary>
/// <param name="Config">Complete only where no diagnostic is an error.</param>
public sealed record ReadResult(NamespaceConfig Config, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.Any(d => d.Severity == Severity.Error);
}

/// <summary>Reads the TOML of a namespace. Opens no other file and asks nothing of the machine.</summary>
public static class ConfigurationReader
{
    /// <summary>Files here are named after their namespaces, and so are the unit instances.</summary>
    public const string SystemDirectory = "/etc/wgns";

    /// <summary>What ./wgns.toml describes when it does not say.</summary>
    public const string DefaultName = "vpn";

    private static readonly Dictionary<string, DnsFilesMode> DnsFilesModes = new()
    {
        ["write"] = DnsFilesMode.Write,
        ["keep"] = DnsFilesMode.Keep,
    };

    private static readonly Dictionary<string, DnsEnforcement> DnsEnforcements = new()
    {
        ["redirect"] = DnsEnforcement.Redirect,
        ["reject"] = DnsEnforcement.Reject,
        ["off"] = DnsEnforcement.Off,
    };

    private static readonly Dictionary<string, ReadyWhen> ReadyWhens = new()
    {
        ["handshake"] = ReadyWhen.Handshake,
        ["all"] = ReadyWhen.All,
        ["configured"] = ReadyWhen.Configured,
    };

    /// <param name="path">Absolute path of the file: relative key files are beside it.</param>
    public static ReadResult Read(ReadOnlySpan<byte> utf8, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var document = TomlDocument.Parse(utf8, path);
        return Read(document.Root, path, document.Diagnostics);
    }

    /// <param name="root">Its spans may point into another text than TOML, from which it was made.</param>
    /// <param name="said">What is wrong with the text that it came from.</param>
    internal static ReadResult Read(TomlTable root, string path, IEnumerable<Diagnostic> said)
    {
        var diagnostics = new List<Diagnostic>(said);
        var table = new TableReader(
            root, "the configuration", [.. KnownKeys.Namespace, .. KnownKeys.Interface], diagnostics);
        var name = ReadName(table, path);
        var servers = ReadDnsServers(table);
        var config = new NamespaceConfig
        {
            Source = path,
            Name = name,
            IsManaged = table.Boolean("managed", fallback: true),
            Birthplace = ReadBirthplace(table, name),
            DnsServers = servers,
            DnsSearch = ReadDnsSearch(table),
            DnsFiles = table.Choice("dnsFiles", DnsFilesModes) ?? DnsFilesMode.Write,
            DnsEnforcement = ReadDnsEnforcement(table, servers),
            ExtraFirewallRules = ReadRules(table),
            Ready = table.Choice("ready", ReadyWhens) ?? ReadyWhen.Handshake,
            ReadyTimeout = (int)(table.Integer("readyTimeout", 1, 86400, " seconds") ?? 60),
            ReadyRequired = table.Boolean("readyRequired", fallback: false),
            Publish = PublishReader.ReadAll(table, diagnostics),
            Hooks = HooksReader.Read(table, diagnostics),
            HostLink = HostLinkReader.Read(table, name, diagnostics),
            Interfaces = ReadInterfaces(root, table, name, path, diagnostics),
        };
        WholeConfig.Check(config, table, isWhole: !diagnostics.Exists(d => d.Severity == Severity.Error));
        HostLinkReader.CheckBeside(config, table);
        PublishRules.CheckBeside(config, table);
        return new ReadResult(config, diagnostics.Count == 0 ? [] : [.. WithoutKeys(diagnostics, config).OrderBy(d => d.Span.Offset)]);
    }

    /// <summary>A key that was put in another's place would be shown as what is wrong there.</summary>
    internal static IEnumerable<Diagnostic> WithoutKeys(IEnumerable<Diagnostic> diagnostics, NamespaceConfig config)
    {
        var publicKeys = config.Interfaces.SelectMany(i => i.Peers).Select(p => p.PublicKey.ToString()).ToHashSet();
        return diagnostics.Select(d => d with
        {
            Message = KeyLike.Redacted(d.Message, publicKeys),
            Hint = d.Hint is null ? null : KeyLike.Redacted(d.Hint, publicKeys),
        });
    }

    private static string ReadName(TableReader table, string path)
    {
        var stem = Path.GetFileNameWithoutExtension(path);
        var isSystem = Path.GetDirectoryName(path) == SystemDirectory;
        var fallback = stem == "wgns" && !isSystem ? DefaultName : stem;
        var node = table.String("namespace_name");
        var name = node?.Value ?? fallback;
        if (Names.NamespaceProblem(name) is { } problem)
        {
            if (node is not null)
            {
                table.Error(node.Span, $"namespace_name \"{name}\" {problem}");
            }
            else
            {
                table.Error(
                    SourceSpan.WholeOf(path),
                    $"the file's name gives the namespace's, and \"{name}\" {problem}",
                    isSystem ? $"rename the file: under {SystemDirectory} its name is the namespace's" : "set namespace_name, or rename the file");
            }
        }
        else if (isSystem && name != stem)
        {
            table.Error(
                table.SpanOf("namespace_name"),
                $"namespace_name is \"{name}\" in a file named {stem}.toml",
                $"under {SystemDirectory} the file, the namespace and the unit have one name: rename the file to {name}.toml");
        }

        return name;
    }

    private static string? ReadBirthplace(TableReader table, string name)
    {
        if (table.String("birthplaceNamespace") is not { } node)
        {
            return null;
        }

        var problem = node.Value.StartsWith('/') ? node.Value.Contains('\0', StringComparison.Ordinal) ? "holds a NUL" : null
            : node.Value == name ? "is the namespace itself: the tunnel would have to go through itself"
            : Names.NamespaceProblem(node.Value);
        if (problem is null)
        {
            return node.Value;
        }

        table.Error(node.Span, $"birthplaceNamespace \"{node.Value}\" {problem}", "a name under /run/netns, or an absolute path like \"/proc/1/ns/net\"");
        return null;
    }

    private static ImmutableArray<IPAddress> ReadDnsServers(TableReader table)
    {
        var servers = ImmutableArray.CreateBuilder<IPAddress>();
        foreach (var node in table.Strings("dns_server", orOne: true))
        {
            if (Cidr.TryParseAddress(node.Value, out var address))
            {
                servers.Add(address);
            }
            else
            {
                table.Error(node.Span, $"dns_server \"{node.Value}\" is no IP address", "a name cannot be looked up without a server");
            }
        }

        if (servers.Count > 3)
        {
            table.Warning(table.SpanOf("dns_server"), "resolv.conf(5) takes three servers; the others are not asked");
        }

        if (!table.Has("dns_server") || table.IsEmptyList("dns_server"))
        {
            table.Warning(
                table.Has("dns_server") ? table.SpanOf("dns_server") : SourceSpan.WholeOf(table.Span.Source),
                "there is no dns_server: nothing inside can look up a name, port 53 is rejected",
                "set dns_server to the resolver that the tunnel reaches");
        }

        return servers.ToImmutable();
    }

    /// <summary>A resolver that runs inside asks others in its turn, and would be sent back to itself.</summary>
    private static DnsEnforcement ReadDnsEnforcement(TableReader table, ImmutableArray<IPAddress> servers) =>
        table.Choice("dnsEnforcement", DnsEnforcements)
        ?? (servers.Any(IPAddress.IsLoopback) ? DnsEnforcement.Off : DnsEnforcement.Redirect);

    private static ImmutableArray<string> ReadDnsSearch(TableReader table)
    {
        var domains = ImmutableArray.CreateBuilder<string>();
        foreach (var node in table.Strings("dnsSearch"))
        {
            if (Endpoint.IsHostName(node.Value))
            {
                domains.Add(node.Value);
            }
            else
            {
                table.Error(node.Span, $"dnsSearch \"{node.Value}\" is no domain name");
            }
        }

        return domains.ToImmutable();
    }

    private static RulesText ReadRules(TableReader table) =>
        table.String("extraFirewallRules") is { } node
            ? new RulesText(node.Value, (line, column) => node.SpanAtByte(line - 1, column - 1))
            : RulesText.Empty;

    private static ImmutableArray<InterfaceConfig> ReadInterfaces(
        TomlTable root, TableReader table, string name, string path, List<Diagnostic> diagnostics)
    {
        var flat = KnownKeys.Interface.Where(table.Has).ToList();
        if (!table.Has("interfaces"))
        {
            return flat.Count == 0 ? [] : [InterfaceReader.Read(root, table, name, path, diagnostics)];
        }

        foreach (var key in flat)
        {
            table.Error(
                table.KeySpanOf(key),
                $"{key} stands beside [[interfaces]]",
                "keys at the top describe the only interface; move them into one of the [[interfaces]]");
        }

        return
        [
            .. table.Tables("interfaces").Select(t => InterfaceReader.Read(
                t, new TableReader(t, "an interface", KnownKeys.Interface, diagnostics), null, path, diagnostics)),
        ];
    }
}
