using System.Security.Cryptography;
using System.Text;
using Wgns.Diagnostics;
using Wgns.Linux.Files;
using Wgns.Linux.WireGuard;

namespace Wgns.Configuration;

/// <summary>Reads a key from a file: the first line's base64, as wg(8) takes it.</summary>
public static class KeyFile
{
    /// <summary>A key takes 45 bytes; what is much longer is some other file.</summary>
    private const int MostBytes = 4096;

    /// <summary>Null, with the reason and the cure in <paramref name="diagnostics"/>, where there is no key to be had.</summary>
    /// <param name="option">The configuration's key that names the file.</param>
    public static SecretKey? Read(KeySource.File source, string option, List<Diagnostic> diagnostics, FileReading reading = FileReading.Once)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(diagnostics);
        if (source.Path.Length == 0)
        {
            return null;
        }

        if (reading.Refusal(source.Path) is { } refusal)
        {
            diagnostics.Add(Diagnostic.Error(source.Span, $"{option} {source.Path} is {refusal}", "put the key into a file"));
            return null;
        }

        Span<byte> content = stackalloc byte[MostBytes + 1];
        Span<char> text = stackalloc char[KeyText.Length];
        try
        {
            var length = ReadAll(source.Path, content);
            WarnOfOthers(source, option, diagnostics);
            var line = content[..length];
            var end = line.IndexOf((byte)'\n');
            line = (end < 0 ? line : line[..end]).Trim(" \t\r"u8);
            if (length <= MostBytes
                && line.Length == KeyText.Length
                && Encoding.ASCII.GetChars(line, text) == KeyText.Length
                && SecretKey.TryParse(text, out var key))
            {
                if (!key.IsZero)
                {
                    return key;
                }

                key.Dispose();
                diagnostics.Add(Diagnostic.Error(
                    source.Span, $"{option} {source.Path} holds zeros only, which is how WireGuard says that there is no key"));
                return null;
            }

            var hint = length == 0 ? "it is empty: `(umask 077; wgns genkey > FILE)` makes a key"
                : content is [0xEF, 0xBB, 0xBF, ..] ? "it begins with a byte order mark, which is no part of a key: save it without one"
                : content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] ? "it is in UTF-16: save it as UTF-8, without a byte order mark"
                : "its first line must be 44 characters of base64 that end in '='";
            diagnostics.Add(Diagnostic.Error(source.Span, $"{option} {source.Path} holds no WireGuard key", hint));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(Unreadable(source, option, e));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            text.Clear();
        }

        return null;
    }

    private static int ReadAll(string path, Span<byte> content)
    {
        // Unbuffered, so that no copy of the key stays in a stream's own buffer.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var length = 0;
        while (length < content.Length && file.Read(content[length..]) is > 0 and var read)
        {
            length += read;
        }

        return length;
    }

    private static Diagnostic Unreadable(KeySource.File source, string option, Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => Diagnostic.Error(
            source.Span,
            $"{option} {source.Path} does not exist",
            "make a key with `(umask 077; wgns genkey > FILE)`, or give the path from / on"),
        UnauthorizedAccessException when Directory.Exists(source.Path) => Diagnostic.Error(
            source.Span, $"{option} {source.Path} is a directory"),
        UnauthorizedAccessException => Diagnostic.Error(
            source.Span,
            $"{option} {source.Path} cannot be read: permission denied",
            "run as root, or `wgns check --no-secrets` to leave key files out"),
        _ => Diagnostic.Error(source.Span, $"{option} {source.Path} cannot be read: {e.Message}"),
    };

    private static void WarnOfOthers(KeySource.File source, string option, List<Diagnostic> diagnostics)
    {
        if (File.Exists(source.Path) && Permissions.LetEverybodyIn(source.Path))
        {
            diagnostics.Add(Diagnostic.Warning(
                source.Span,
                $"{option} {source.Path} can be read or changed by every user of this machine",
                $"chmod 600 {source.Path}"));
        }
    }
}
