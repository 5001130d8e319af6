using Wgns.Demo;

namespace Wgns.Cli.Output;

/// <summary>The two namespaces and the host between them, in box characters or in ASCII.</summary>
internal static class DemoDrawing
{
    /// <summary>Columns of the left box and the right one, inside their frames, and of the gap.</summary>
    private const int Left = 34;
    private const int Right = 34;
    private const int Gap = 3;

    /// <summary>The column, counted inside a box, where the tunnel comes out of the left and the cable out of the right one.</summary>
    private const int Pipe = 4;

    internal static IReadOnlyList<string> Of(DemoMap map, bool hasUtf8)
    {
        ArgumentNullException.ThrowIfNull(map);
        var a = map.Addresses;
        string[] left =
        [
            "programs: `wgns exec`",
            $"DNS       {a.Provider}",
            $"{map.ClientLink,-9} {a.Client}",
            a.ClientV6 is { } v6 ? $"          {v6}" : string.Empty,
            "no other way in or out",
        ];
        string[] right =
        [
            $"web       {a.Provider}:80",
            $"resolver  {a.Provider}:53",
            $"{map.ProviderLink,-9} {a.Provider}",
            a.ProviderV6 is { } theirs ? $"          {theirs}" : string.Empty,
            $"{map.ProviderCable,-9} {a.Uplink}:{map.ProviderPort}",
        ];
        List<string> lines =
        [
            $" ┌{Titled($" namespace {map.Namespace} ", Left)}┐{Space(Gap)}┌{Titled(" the provider's namespace ", Right)}┐",
            .. left.Zip(right, (l, r) => $" │ {Fit(l, Left - 1)}│{Space(Gap)}│ {Fit(r, Right - 1)}│"),
            $" └{Piped(Left, '╥')}┘{Space(Gap)}└{Piped(Right, '╥')}┘",
            Between("the tunnel", "a cable (veth)"),
            $" ┌{Crossed()}┐",
            $" │ {Fit($"UDP port {map.ClientPort}  ═ encrypted ═  {map.HostCable} {a.Host}", Wide - 1)}│",
            $" └{new string('─', Wide)}┘",
        ];
        return hasUtf8 ? lines : [.. lines.Select(Ascii)];
    }

    private static int Wide => Left + Right + Gap + 2;

    private static string Between(string tunnel, string cable) =>
        $"  {Space(Pipe)}║ {Fit(tunnel, Left - Pipe - 2)}{Space(Gap + 2)}{Space(Pipe)}║ {cable}";

    /// <summary>The host's upper edge, where both come in.</summary>
    private static string Crossed()
    {
        var edge = new string('─', Wide).ToCharArray();
        edge[Pipe] = '╨';
        edge[Left + 2 + Gap + Pipe] = '╨';
        const string title = " the host ";
        title.CopyTo(0, edge, Pipe + 3, title.Length);
        return new string(edge);
    }

    private static string Piped(int width, char pipe) => new string('─', Pipe) + pipe + new string('─', width - Pipe - 1);

    private static string Titled(string title, int width) => "─" + Fit(title, title.Length) + new string('─', Math.Max(0, width - title.Length - 1));

    private static string Fit(string text, int width) => text.Length > width ? text[..width] : text.PadRight(width);

    private static string Space(int count) => new(' ', count);

    private static string Ascii(string line) => string.Concat(line.Select(c => c switch
    {
        '─' => '-',
        '│' => '|',
        '║' => '|',
        '═' => '=',
        '┌' or '┐' or '└' or '┘' or '╥' or '╨' => '+',
        _ => c,
    }));
}
