using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Firewall;
using Wgns.Importers;
using Wgns.Linux.Files;
using Wgns.Linux.WireGuard;

namespace Wgns.Lifecycle;

/// <summary>A configuration, its keys where they were asked for, and all that is wrong with either.</summary>
public sealed record LoadedConfig(NamespaceConfig? Config, KeyRing? Keys, ImmutableArray<Diagnostic> Diagnostics) : IDisposable
{
    public bool HasErrors => Config is null || Diagnostics.Any(d => d.Severity == Severity.Error);

    /// <summary>What it was made of, where the file is another tool's; it holds the configuration's keys.</summary>
    internal Import? Import { get; init; }

    public void Dispose()
    {
        Keys?.Dispose();
        Import?.Dispose();
    }
}

/// <summary>Reads configurations, and checks everything about them that can be checked without touching anything.</summary>
public sealed class ConfigLoader(Func<string, RulesVerdict> dryRun)
{
    /// <summary>A configuration takes kilobytes; this stops /dev/zero.</summary>
    private const int MostBytes = 16 << 20;

    /// <summary>The configuration, and the key files that it names.</summary>
    public FileReading Reading { get; init; }

    /// <summary>For who says everything that is wrong, and plans nothing: then nobody else tells an interface that is its own peer.</summary>
    public Func<SecretKey, WireGuardKey>? PublicKeyOf { get; init; }

    /// <param name="withSecrets">False leaves key files alone, for checking somewhere else than where they are.</param>
    public LoadedConfig Load(string path, bool withSecrets = true)
    {
        var refusal = Reading.Refusal(path);
        var problem = refusal is null ? null : $"this is {refusal}";
        var bytes = refusal is null ? ReadBytes(path, out problem) : null;
        if (bytes is null)
        {
            // "wgns up vpn" beside a file named vpn: a name means /etc/wgns, and a path has a slash or an ending.
            var name = Path.GetFileNameWithoutExtension(path);
            var hint = refusal is not null ? "put the configuration into a file"
                : Directory.Exists(path) ? "name the file in it that describes a namespace"
                : path.StartsWith(ConfigurationReader.SystemDirectory + "/", StringComparison.Ordinal) && !File.Exists(path)
                ? $"a NAME means a file of {ConfigurationReader.SystemDirectory}; for a file elsewhere write its path: ./{name}.toml"
                : null;
            return new LoadedConfig(null, null, [Diagnostic.Error(SourceSpan.WholeOf(path), problem!, hint)]);
        }

        var read = Read(bytes, path, out var import);
        var diagnostics = read.Diagnostics.ToList();
        if (import is not null && withSecrets)
        {
            WarnOfReaders(path, diagnostics);
        }

        var keys = withSecrets ? KeyRing.Load(read.Config, diagnostics, reading: Reading) : null;
        diagnostics.AddRange(keys is null ? [] : OwnKeys(read.Config, keys));
        diagnostics.AddRange(ConfigurationReader.WithoutKeys(RulesCheck.Run(read.Config, dryRun), read.Config));
        return new LoadedConfig(
            read.Config, keys, [.. diagnostics.OrderBy(d => d.Span.Line).ThenBy(d => d.Span.Column)])
        {
            Import = import,
        };
    }

    /// <summary>
    /// The name in a configuration, of whatever format, however much else of it is wrong, whether wgns makes that namespace, and its
    /// birthplaceNamespace.
    /// </summary>
    public static (string Name, bool IsManaged, string? Birthplace) NameIn(byte[] bytes, string path)
    {
        var read = Read(bytes, path, out var import);
        import?.Dispose();
        return (read.Config.Name, read.Config.IsManaged, read.Config.Birthplace);
    }

    /// <summary>An interface with one of its own two keys for a peer. Of a foreign file's private key the importer has said it, at its place.</summary>
    private IEnumerable<Diagnostic> OwnKeys(NamespaceConfig config, KeyRing keys)
    {
        foreach (var item in config.Interfaces)
        {
            if (keys.Find(item.PrivateKey) is not { } key)
            {
                continue;
            }

            if (item.PrivateKey is not KeySource.Inline && OwnKey.Shown(item, key, config.Source) is { } shown)
            {
                yield return shown;
            }

            if (PublicKeyOf is not null && OwnKey.Problem(item, PublicKeyOf(key), config.Source) is { } problem)
            {
                yield return problem;
            }
        }
    }

    /// <summary>Our own format, or another tool's, of which what becomes otherwise is said as warnings.</summary>
    private static ReadResult Read(byte[] bytes, string path, out Import? import)
    {
        import = null;
        if (ForeignFormats.Recognise(bytes, path) is not { } format)
        {
            var read = ConfigurationReader.Read(bytes, path);
            return read.HasErrors && ForeignFormats.HasInterfaceSection(bytes)
                ? read with
                {
                    // What each of its lines is in TOML helps nobody.
                    Diagnostics = [Diagnostic.Error(
                        SourceSpan.WholeOf(path),
                        "this is a file of wg-quick, and no TOML",
                        "give it a name that ends in .conf, and `wgns import` makes a configuration of it")],
                }
                : read;
        }

        import = Importer.Read(bytes, path, format, new ImportOptions());
        var notes = import.Notes.Select(n => Diagnostic.Warning(n.Span, $"{n.What}: {n.Instead}"));
        return new ReadResult(import.Config, [.. import.Diagnostics, .. notes]);
    }

    private static void WarnOfReaders(string path, List<Diagnostic> diagnostics)
    {
        if (Permissions.LetEverybodyIn(path))
        {
            diagnostics.Add(Diagnostic.Warning(
                SourceSpan.WholeOf(path), "the file, which holds keys, can be read or changed by every user of this machine", $"chmod 600 {path}"));
        }
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
