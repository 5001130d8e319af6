using System.Diagnostics;
using System.Globalization;
using Wgns.Demo;
using Wgns.Execution;

namespace Wgns.Cli.Output;

/// <summary>The demo as it goes, in 80 columns.</summary>
internal sealed class DemoText : IDemoObserver
{
    private const int Width = 80;

    private readonly bool _hasColor = Terminal.OutHasColor;
    private readonly bool _hasUtf8 = Terminal.HasUtf8;
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _number;

    public IRunObserver Operations { get; } = new ProgressText();

    public void Begin(DemoPart part)
    {
        if (_number == 0)
        {
            Terminal.Out.WriteLine("This makes two network namespaces, and takes them away again at the end.");
        }

        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine(Paint($"{++_number}  {Heading(part)}", "1"));
    }

    public void Did(string what, TimeSpan took) => Lines($"{Milliseconds(took)}  ", Plain(what), null);

    public void Waiting(string what) => Lines(new string(' ', 13), Plain(what) + (_hasUtf8 ? " …" : " ..."), "2");

    public void Wrote(string path, string text)
    {
        Terminal.Out.WriteLine($"   {path}");
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            var bar = _hasUtf8 ? "│" : "|";
            Terminal.Out.WriteLine($"   {Paint(bar, "2")} {(line.StartsWith('#') ? Paint(line, "2") : line)}".TrimEnd());
        }
    }

    public void Stands(DemoMap map)
    {
        foreach (var line in DemoDrawing.Of(map, _hasUtf8))
        {
            Terminal.Out.WriteLine(line);
        }
    }

    public void Checked(DemoCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        var mark = check.Held ? (_hasUtf8 ? "✓" : "[ok]") : _hasUtf8 ? "✗" : "[FAILED]";
        var time = check.Took == TimeSpan.Zero ? string.Empty : Milliseconds(check.Took).TrimStart();
        var claim = Plain(check.Claim);
        var gap = Math.Max(2, Width - 5 - mark.Length - claim.Length - time.Length);
        Terminal.Out.WriteLine($"   {Paint(mark, check.Held ? "1;32" : "1;31")} {Paint(claim, "1")}{new string(' ', gap)}{Paint(time, "2")}".TrimEnd());
        Lines("     ", Plain(check.Measured), null);
    }

    /// <summary>The last line; true where all is well.</summary>
    internal bool End(DemoOutcome outcome)
    {
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine(outcome.Failed == 0
            ? Paint($"All {outcome.Held} checks passed, in {seconds} s.", "1;32")
            : Paint($"{outcome.Failed} of {outcome.Held + outcome.Failed} checks failed, in {seconds} s.", "1;31"));
        foreach (var left in outcome.Leftovers)
        {
            Terminal.Fail(left, "`wgns demo` tries to clean it up when it is started again");
        }

        if (outcome.Succeeded)
        {
            Terminal.Out.WriteLine(Environment.IsPrivilegedProcess
                ? "A configuration of your own: put it at /etc/wgns/NAME.toml, then `wgns up NAME`."
                : "A configuration of your own, without root: `wgns run FILE.toml -- COMMAND`.");
        }

        return outcome.Succeeded;
    }

    private static string Heading(DemoPart part) => part switch
    {
        DemoPart.Leftovers => "An earlier demo did not come to its end",
        DemoPart.Provider => "A throw-away VPN provider",
        DemoPart.Configuration => "The client's configuration",
        DemoPart.Up => "wgns up",
        DemoPart.Map => "What stands now",
        DemoPart.Tunnel => "Through the tunnel, and not around it",
        DemoPart.KillSwitch => "The provider goes away",
        DemoPart.CleanUp => "Cleaning up",
        _ => part.ToString(),
    };

    private static string Milliseconds(TimeSpan took) =>
        string.Create(CultureInfo.InvariantCulture, $"{took.TotalMilliseconds,8:F1} ms");

    /// <summary>Breaks at spaces; lines after the first are indented as far as the text of the first.</summary>
    private void Lines(string indent, string text, string? sgr)
    {
        foreach (var line in Wrap(text, Width - indent.Length))
        {
            Terminal.Out.WriteLine(indent + (sgr is null ? line : Paint(line, sgr)));
            indent = new string(' ', indent.Length);
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = string.Empty;
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = string.Empty;
            }

            line += line.Length == 0 ? word : " " + word;
        }

        yield return line;
    }

    private string Plain(string text) => _hasUtf8 ? text : text.Replace('═', '=');

    private string Paint(string text, string sgr) => Terminal.Paint(text, sgr, _hasColor && text.Length > 0);
}
