using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Firewall;

namespace Wgns.Lifecycle;

/// <summary>A configuration, its keys where they were asked for, and all that is wrong with either.</summary>
public sealed record LoadedConfig(NamespaceConfig? Config, KeyRing? Keys, ImmutableArray<Diagnostic> Diagnostics) : IDisposable
{
    public bool HasErrors => Config is null || Diagnostics.Any(d => d.Severity == Severity.Error);

    public void Dispose() => Keys?.Dispose();
}

/// <summary>Reads configurations, and checks everything about them that can be checked without touching anything.</summary>
public sealed class ConfigLoader(Func<string, RulesVerdict> dryRun)
{
    /// <summary>A configuration takes kilobytes; this stops /dev/zero.</summary>
    private const int MostBytes = 16 << 20;

    /// <param name="withSecrets">False leaves key files alone, for checking somewhere else than where they are.</param>
    public LoadedConfig Load(string path, bool withSecrets = true)
    {
        var bytes = ReadBytes(path, out var problem);
        if (bytes is null)
        {
            // "wgns up vpn" beside a file named vpn: a name means /etc/wgns, and a path has a slash or an ending.
            var name = Path.GetFileNameWithoutExtension(path);
            var hint = path.StartsWith(ConfigurationReader.SystemDirectory + "/", StringComparison.Ordinal) && !File.Exists(path)
                ? $"a NAME means a file of {ConfigurationReader.SystemDirectory}; for a file elsewhere write its path: ./{name}.toml"
                : null;
            return new LoadedConfig(null, null, [Diagnostic.Error(SourceSpan.WholeOf(path), problem!, hint)]);
        }

        var read = ConfigurationReader.Read(bytes, path);
        var diagnostics = read.Diagnostics.ToList();
        var keys = withSecrets ? KeyRing.Load(read.Config, diagnostics) : null;
        diagnostics.AddRange(RulesCheck.Run(read.Config, dryRun));
        return new LoadedConfig(
            read.Config, keys, [.. diagnostics.OrderBy(d => d.Span.Line).ThenBy(d => d.Span.Column)]);
    }

    /// <summary>The bytes of a configuration; null, with the reason, where it cannot be read or is far too large.</summary>
    public static byte[]? ReadBytes(string path, out string? problem)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var content = new MemoryStream();
            var buffer = new byte[16384];
            while (content.Length <= MostBytes && file.Read(buffer) is > 0 and var read)
            {
                content.Write(buffer, 0, read);
            }

            problem = content.Length > MostBytes ? "the file is far too large for a configuration" : null;
            return problem is null ? content.ToArray() : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = "there is no such file";
        }
        catch (UnauthorizedAccessException)
        {
            problem = Directory.Exists(path) ? "this is a directory" : "the file cannot be read: permission denied";
        }
        catch (IOException e)
        {
            problem = $"the file cannot be read: {e.Message}";
        }

        return null;
    }
}
