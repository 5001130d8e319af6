using System.Text;
using Wgns.Diagnostics;
using Wgns.Linux.Processes;

namespace Wgns.Cli.Output;

/// <summary>
/// Standard output and error as plain streams. <see cref="Console"/> is left alone: it takes over the terminal's
/// settings and signals, which a command that becomes another program would hand on.
/// </summary>
internal static class Terminal
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly StandardStream OutStream = new(1);

    private static readonly StreamWriter StandardOut = Open(OutStream);

    private static readonly StreamWriter StandardError = Open(new StandardStream(2));

    private static readonly Lock Writing = new();

    [ThreadStatic]
    private static StringWriter? t_out;

    [ThreadStatic]
    private static StringWriter? t_error;

    internal static TextWriter Out => (TextWriter?)t_out ?? StandardOut;

    internal static TextWriter Error => (TextWriter?)t_error ?? StandardError;

    /// <summary>Whether people look at standard error, in colour: a terminal, without NO_COLOR (https://no-color.org).</summary>
    internal static bool ErrorHasColor { get; } = HasColor(Console.IsErrorRedirected);

    internal static bool OutHasColor { get; } = HasColor(Console.IsOutputRedirected);

    /// <summary>Whether the locale's characters are Unicode's (setlocale(3): the first of these that is set and not empty).</summary>
    internal static bool HasUtf8 { get; } =
        ((string[])["LC_ALL", "LC_CTYPE", "LANG"]).Select(Environment.GetEnvironmentVariable).FirstOrDefault(v => !string.IsNullOrEmpty(v))
            is { } locale
        && (locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// From now on what standard output does not take (a full disk, a terminal that is gone) is lost, and no error: for who keeps a
    /// namespace, which matters more than the words.
    /// </summary>
    internal static void LoseWords() => OutStream.LosesWords = true;

    /// <summary>What this thread prints meanwhile comes out in one piece at the end, and not between the lines of others.</summary>
    internal static T Together<T>(Func<T> run)
    {
        (t_out, t_error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        try
        {
            return run();
        }
        finally
        {
            lock (Writing)
            {
                StandardError.Write(t_error.ToString());
                StandardOut.Write(t_out.ToString());
            }

            (t_out, t_error) = (null, null);
        }
    }

    internal static string Paint(string text, string sgr, bool hasColor) => hasColor ? $"\e[{sgr}m{text}\e[0m" : text;

    /// <summary>
    /// Text that may hold what others wrote (names, values of a configuration, an engine's last words) without what a
    /// terminal would obey: such characters but for the newline and the tab become "?".
    /// </summary>
    internal static string Harmless(string text) =>
        text.Any(IsObeyed) ? string.Concat(text.Select(c => IsObeyed(c) ? '?' : c)) : text;

    /// <summary>The same for what has one line: a newline in it would begin another, that seems to be said by us.</summary>
    internal static string HarmlessLine(string text) => Harmless(text).Replace('\n', '?');

    /// <summary>"wgns: error: message" with the hint beneath.</summary>
    internal static void Fail(string message, string? hint = null)
    {
        Error.WriteLine($"{Paint("wgns: error:", "1;31", ErrorHasColor)} {Harmless(message)}");
        if (hint is not null)
        {
            Error.WriteLine($"  {Paint("hint:", "36", ErrorHasColor)} {Harmless(hint)}");
        }
    }

    /// <summary>"wgns: warning: message" with the hint beneath.</summary>
    internal static void Warn(string message, string hint)
    {
        Error.WriteLine($"{Paint("wgns: warning:", "1;33", ErrorHasColor)} {Harmless(message)}");
        Error.WriteLine($"  {Paint("hint:", "36", ErrorHasColor)} {Harmless(hint)}");
    }

    private static bool IsObeyed(char c) => ObeyedCharacters.Has(c) && c is not ('\n' or '\t');

    private static bool HasColor(bool isRedirected) =>
        !isRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    private static StreamWriter Open(Stream stream) => new(stream, Utf8) { AutoFlush = true, NewLine = "\n" };
}
