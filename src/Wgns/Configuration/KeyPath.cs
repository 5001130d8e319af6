using Wgns.Linux.WireGuard;
using Wgns.Toml;

namespace Wgns.Configuration;

/// <summary>Paths in a configuration are relative to its own directory, wherever the command is run.</summary>
internal static class KeyPath
{
    /// <summary>The empty path, with its error said, where the text cannot be a file's name.</summary>
    internal static KeySource Of(TomlString node, string option, string configPath, TableReader table)
    {
        if (node.Value.StartsWith(CredentialName.Prefix, StringComparison.Ordinal))
        {
            return Credential(node, option, table);
        }

        if (Problem(node.Value) is { } problem)
        {
            table.Error(node.Span, $"{option} {problem.What}", problem.Hint);
            return new KeySource.File(string.Empty, node.Span);
        }

        var directory = Path.GetDirectoryName(Path.GetFullPath(configPath)) ?? "/";
        return new KeySource.File(Path.GetFullPath(node.Value, directory), node.Span);
    }

    private static KeySource Credential(TomlString node, string option, TableReader table)
    {
        var name = node.Value[CredentialName.Prefix.Length..];
        if (CredentialName.Problem(name) is not { } problem)
        {
            return new KeySource.Credential(name, node.Span);
        }

        // Without the name, which may be a key.
        table.Error(
            node.Span,
            $"{option} names a credential that {problem}",
            "like \"credential:vpn-key\", with LoadCredential=vpn-key:/etc/wgns/vpn.key in the unit");
        return new KeySource.File(string.Empty, node.Span);
    }

    private static (string What, string Hint)? Problem(string path)
    {
        if (path.Length == 0)
        {
            return ("is empty", "name the file that holds the key");
        }

        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return ("holds a NUL character", "no file's name can");
        }

        // Said here and without the text, or the key would be in every message about a missing file. Also with the end of its line.
        if (SecretKey.TryParse(path.AsSpan().Trim(), out var key))
        {
            key.Dispose();
            return ("is a key and not the path of a file with one", "put the key into a file of its own, mode 0600, and name the file");
        }

        return null;
    }
}
