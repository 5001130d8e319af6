using System.Globalization;
using System.Text.Json;

namespace Wgns.Tests.Privileged;

/// <summary>What the machine has, as its own tools and /proc tell it.</summary>
internal static class Machine
{
    internal static JsonElement? StateOf(string name)
    {
        var path = $"/run/wgns/{name}.json";
        try
        {
            return JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Everything that bears a namespace's name or belongs to it.</summary>
    internal static IEnumerable<string> Traces(string name)
    {
        var netns = Tool.Run("ip", "netns", "list").Split('\n').Select(l => l.Split(' ')[0]);
        return
        [
            .. netns.Where(n => n == name).Select(n => $"netns {n}"),
            .. new[] { $"/run/netns/{name}", $"/etc/netns/{name}", $"/var/run/wireguard/{name}.sock" }.Where(Exists),
            .. Entries("/run/wgns").Where(f => Path.GetFileName(f).TrimStart('.').StartsWith(name + ".", StringComparison.Ordinal)),
            .. Links("-j").Where(l => l == name).Select(l => $"link {l}"),
            .. Engines(name).Select(p => $"engine {p}"),
            .. File.ReadAllLines("/proc/self/mountinfo").Where(l => l.Contains($"/netns/{name} ", StringComparison.Ordinal)),
        ];
    }

    /// <summary>Engines of a namespace: processes whose output is its log, gone or not.</summary>
    internal static IReadOnlyList<int> Engines(string name) =>
    [
        .. from directory in Directory.EnumerateDirectories("/proc")
           let pid = int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
           where pid != 0 && Link($"{directory}/fd/1")?.StartsWith($"/run/wgns/{name}.", StringComparison.Ordinal) == true
           select pid,
    ];

    internal static int Engine(string name) => Engines(name).Should().ContainSingle("one interface has one engine").Subject;

    internal static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The rows of `ip -j -d -n NAME …`.</summary>
    internal static List<JsonElement> Ip(string name, params string[] arguments)
    {
        var text = Tool.Run("ip", ["-j", "-d", "-n", name, .. arguments]);

        // iproute2 prints nothing at all for an empty list, and {} for a row that it filtered out.
        return text.Trim().Length == 0
            ? []
            : [.. JsonDocument.Parse(text).RootElement.EnumerateArray().Where(e => e.EnumerateObject().Any())];
    }

    internal static List<string> Links(params string[] options) =>
        [.. JsonDocument.Parse(Tool.Run("ip", [.. options, "link"])).RootElement.EnumerateArray().Select(l => l.GetProperty("ifname").GetString()!)];

    internal static List<JsonElement> Nft(string name, params string[] arguments) =>
    [
        .. JsonDocument.Parse(Within.Run(name, ["nft", "-j", .. arguments]))
            .RootElement.GetProperty("nftables").EnumerateArray().Where(e => !e.TryGetProperty("metainfo", out _)),
    ];

    /// <summary>The ruleset as text, without what counts by itself.</summary>
    internal static string Ruleset(string name) => Within.Run(name, "nft", "-s", "list", "ruleset");

    /// <summary>`wg show IFNAME dump`: the device's line, and one for each peer.</summary>
    internal static string[][] Wg(string ifname) =>
        [.. Tool.Run("wg", "show", ifname, "dump").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t'))];

    internal static long Handshake(string ifname) => long.Parse(Wg(ifname)[1][4], CultureInfo.InvariantCulture);

    /// <summary>The pieces that decide how a namespace behaves, for comparing two ways of making one.</summary>
    internal static string Shape(string name) => string.Join('\n', [
        "link " + string.Join(',', Ip(name, "link").Select(l => $"{l.GetProperty("ifname")} {l.GetProperty("mtu")} {Flag(l, "UP")}")),
        "addresses " + string.Join(',', Ip(name, "address").SelectMany(l => l.GetProperty("addr_info").EnumerateArray())
            .Where(a => a.GetProperty("scope").GetString() != "link").Select(a => $"{a.GetProperty("local")}/{a.GetProperty("prefixlen")}").Order(StringComparer.Ordinal)),
        "routes " + Tool.Run("ip", "-n", name, "route") + Tool.Run("ip", "-n", name, "-6", "route").Split('\n')
            .Where(r => !r.Contains("fe80:", StringComparison.Ordinal)).Aggregate(string.Empty, (a, r) => a + r + "\n"),
        "rules " + Ruleset(name),
        "resolv.conf " + Text($"/etc/netns/{name}/resolv.conf"),
        "nsswitch.conf " + Text($"/etc/netns/{name}/nsswitch.conf"),
        "wg " + (File.Exists($"/var/run/wireguard/{name}.sock") ? string.Join('\n', Wg(name).Select(Settings)) : "none"),
    ]);

    /// <summary>What a failed test may leave must not fail the next one.</summary>
    internal static void Sweep(string name)
    {
        foreach (var pid in Engines(name))
        {
            Tool.Ask("kill", "-9", pid.ToString(CultureInfo.InvariantCulture));
        }

        Tool.Ask("ip", "netns", "delete", name);
        Tool.Ask("sh", "-c", $"rm -rf /etc/netns/{name} /run/wgns/{name}.* /run/wgns/.{name}.* /var/run/wireguard/{name}.sock");
    }

    private static string Settings(string[] line) => line.Length < 6
        ? $"{line[0]} {line[1]} {line[3]}"
        : $"{line[0]} {line[1]} {line[2]} {line[3]} {line[7]}";

    private static bool Flag(JsonElement link, string flag) => link.GetProperty("flags").EnumerateArray().Any(f => f.GetString() == flag);

    private static string Text(string path) => File.Exists(path) ? File.ReadAllText(path) : "none";

    private static bool Exists(string path) => Path.Exists(path) || Link(path) is not null;

    private static IEnumerable<string> Entries(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path) : [];
}
