using System.CommandLine;
using System.Security.Cryptography;
using Wgns.Cli.Output;
using Wgns.Linux.Processes;
using Wgns.Linux.WireGuard;
using Command = System.CommandLine.Command;

namespace Wgns.Cli.Commands;

/// <summary>`wgns genkey`</summary>
internal static class GenkeyCommand
{
    internal static Command Build()
    {
        var command = new Command("genkey", "Print a new private key");
        command.SetAction(_ => KeyOutput.Write(X25519.GeneratePrivateKey()));
        return command;
    }
}

/// <summary>`wgns genpsk`</summary>
internal static class GenpskCommand
{
    internal static Command Build()
    {
        var command = new Command("genpsk", "Print a new preshared key");
        command.SetAction(_ => KeyOutput.Write(X25519.GeneratePresharedKey()));
        return command;
    }
}

/// <summary>`wgns pubkey`</summary>
internal static class PubkeyCommand
{
    internal static Command Build()
    {
        var command = new Command("pubkey", "Read a private key from standard input and print its public key");
        command.SetAction(_ =>
        {
            if (!Console.IsInputRedirected)
            {
                Terminal.Error.WriteLine("wgns: reading a private key from the terminal; `wgns pubkey < FILE` takes it from a file");
            }

            using var key = KeyOutput.Read();
            if (key is null)
            {
                Terminal.Fail("standard input holds no WireGuard key", "it is 44 characters of base64 that end in '='");
                return ExitStatus.Failed;
            }

            Terminal.Out.WriteLine(X25519.PublicKeyOf(key).ToString());
            return ExitStatus.Done;
        });
        return command;
    }
}

/// <summary>Secret keys in and out, with the buffers wiped. This is the one place that prints a key: it was asked to.</summary>
internal static class KeyOutput
{
    internal static int Write(SecretKey key)
    {
        Span<byte> line = stackalloc byte[KeyText.LineLength];
        try
        {
            KeyText.WriteLine(key, line);
            using var output = new StandardStream(1);
            output.Write(line);
            if (Console.IsOutputRedirected)
            {
                WarnIfOthersRead();
            }

            return ExitStatus.Done;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(line);
            key.Dispose();
        }
    }

    internal static SecretKey? Read()
    {
        Span<byte> input = stackalloc byte[256];
        Span<char> text = stackalloc char[KeyText.Length];
        try
        {
            using var stream = Console.OpenStandardInput();
            var length = 0;
            while (length < input.Length && stream.Read(input[length..]) is > 0 and var read)
            {
                length += read;
                if (input[..length].Contains((byte)'\n'))
                {
                    break;
                }
            }

            var line = input[..length].Trim(" \t\r\n"u8);
            return line.Length == KeyText.Length
                && System.Text.Encoding.ASCII.GetChars(line, text) == KeyText.Length
                && SecretKey.TryParse(text, out var key)
                    ? key
                    : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
            text.Clear();
        }
    }

    private static void WarnIfOthersRead()
    {
        const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.GroupRead;
        var target = new FileInfo("/proc/self/fd/1").ResolveLinkTarget(returnFinalTarget: true);
        if (target is { Exists: true } and not DirectoryInfo && !target.FullName.StartsWith("/dev/", StringComparison.Ordinal) && (target.UnixFileMode & Others) != 0)
        {
            Terminal.Error.WriteLine($"wgns: warning: {target.FullName} can be read by others: `umask 077` before, or chmod 600");
        }
    }
}
