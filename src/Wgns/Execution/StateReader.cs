using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Wgns.Configuration;
using Wgns.Linux.Namespaces;
using Wgns.Observation;

namespace Wgns.Execution;

/// <summary>A record from JSON. What is missing or of another kind is a <see cref="JsonException"/> that names it.</summary>
internal static class StateReader
{
    internal static int Version(JsonElement root) =>
        root.ValueKind != JsonValueKind.Object ? throw new JsonException("it is no object")
        : Get(root, "version").ValueKind == JsonValueKind.Number && Get(root, "version").TryGetInt32(out var version) && version >= 1 ? version
        : throw Wrong("version");

    internal static StateRecord Read(JsonElement root) => new()
    {
        Version = Version(root),
        Namespace = Text(root, "namespace"),
        Config = Text(root, "config"),
        Netns = Nested(root, "netns") is { } netns ? Identity(netns) : null,
        NetnsCookie = Nested(root, "netns") is { } made ? Cookie(made) : null,
        Holder = OptionalText(root, "holder"),
        Shared = Nested(root, "shared") is { } shared
            ? new SharedRecord(Flag(shared, "raisedLoopback"), Objects(shared, "sysctls", Setting))
            : null,
        RulesetText = OptionalText(root, "rulesetText"),
        RulesetListing = OptionalText(root, "rulesetListing"),
        Files = [.. List(root, "files").Select(f => StringOf(f, "files"))],
        Directories = [.. List(root, "directories").Select(d => StringOf(d, "directories"))],
        Interfaces = Objects(root, "interfaces", Interface),
        HostLinks = OptionalObjects(root, "hostLinks", HostLink),
        Forwarding = OptionalObjects(root, "forwarding", Setting),
        LinkPorts = OptionalObjects(root, "linkPorts", LinkPort),
        Hooks = Nested(root, "hooks") is { } hooks
            ? new HooksRecord(Commands(hooks, "preDown"), Commands(hooks, "postDown"), Flag(hooks, "pending"))
            : null,
    };

    private static SysctlRecord Setting(JsonElement item) => new(Text(item, "key"), Text(item, "before"), Text(item, "ours"));

    private static ImmutableArray<HookCommand> Commands(JsonElement hooks, string name) =>
        Objects(hooks, name, hook => new HookCommand(Text(hook, "command"), Text(hook, "where") switch
        {
            "host" => HookPlace.Host,
            "namespace" => HookPlace.Namespace,
            _ => throw Wrong("where"),
        }));

    private static bool Flag(JsonElement parent, string name) => Get(parent, name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name),
    };

    private static InterfaceRecord Interface(JsonElement item)
    {
        var engine = Nested(item, "engine");
        return new InterfaceRecord(Text(item, "ifname"), engine is { } e ? Engine(e) : null)
        {
            Birthplace = Nested(item, "birthplace") is { } birthplace
                ? new BirthplaceRecord(Text(birthplace, "path"), Identity(birthplace)) { Cookie = Cookie(birthplace) }
                : null,
        };
    }

    private static HostLinkRecord HostLink(JsonElement item) => new(
        new HostLinkName(Text(item, "hostIfname"), Text(item, "ifname"), Text(item, "table")), OptionalText(item, "rulesText"), OptionalText(item, "rulesListing"));

    private static LinkPortRecord LinkPort(JsonElement item) => new(
        Text(item, "protocol") switch { "tcp" => PublishProtocol.Tcp, "udp" => PublishProtocol.Udp, _ => throw Wrong("protocol") },
        IPEndPoint.TryParse(Text(item, "listen"), out var listen) ? listen : throw Wrong("listen"));

    private static EngineRecord Engine(JsonElement engine) => new(
        Text(engine, "program"),
        Text(engine, "temporaryName"),
        Text(engine, "socket"),
        Text(engine, "log"),
        OptionalText(engine, "symlink"),
        Number(engine, "pid") is <= int.MaxValue and var pid ? (int)pid : throw Wrong("pid"),
        Number(engine, "startTime"),
        Nested(engine, "inside") is { } inside ? new EngineInside(Text(inside, "netns"), Text(inside, "ifname")) : null)
    {
        Birthplace = OptionalText(engine, "birthplace"),
    };

    private static JsonElement Get(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) ? value : throw new JsonException($"it has no \"{name}\"");

    /// <summary>Null where it is null or not there.</summary>
    private static JsonElement? Nested(JsonElement parent, string name) =>
        !parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Object ? value
        : throw Wrong(name);

    private static JsonElement.ArrayEnumerator List(JsonElement parent, string name) =>
        Get(parent, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : throw Wrong(name);

    private static ImmutableArray<T> Objects<T>(JsonElement parent, string name, Func<JsonElement, T> read) =>
        [.. List(parent, name).Select(item => item.ValueKind == JsonValueKind.Object ? read(item) : throw Wrong(name))];

    /// <summary>Empty where it is not there: records of former versions have none.</summary>
    private static ImmutableArray<T> OptionalObjects<T>(JsonElement parent, string name, Func<JsonElement, T> read) =>
        parent.TryGetProperty(name, out _) ? Objects(parent, name, read) : [];

    private static string Text(JsonElement parent, string name) => OptionalText(parent, name) ?? throw Wrong(name);

    private static string? OptionalText(JsonElement parent, string name) =>
        !parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null : StringOf(value, name);

    private static string StringOf(JsonElement value, string name)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name);
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name); // half a surrogate pair
        }
    }

    private static NetnsIdentity Identity(JsonElement netns) => new(Number(netns, "device"), NotZero(netns, "inode"));

    private static ulong? Cookie(JsonElement netns) => netns.TryGetProperty("cookie", out _) ? NotZero(netns, "cookie") : null;

    private static ulong NotZero(JsonElement parent, string name) => Number(parent, name) is > 0 and var number ? number : throw Wrong(name);

    private static ulong Number(JsonElement parent, string name) =>
        Get(parent, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetUInt64(out var number) ? number : throw Wrong(name);

    private static JsonException Wrong(string name) => new($"its \"{name}\" is wrong");
}
