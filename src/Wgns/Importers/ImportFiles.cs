using System.Security.Cryptography;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.WireGuard;

namespace Wgns.Importers;

/// <summary>Writes an import: its keys into files of their own, and then the configuration that names them.</summary>
public static class ImportFiles
{
    /// <summary>The files that it takes, keys first.</summary>
    /// <param name="target">Absolute path of the configuration.</param>
    public static IReadOnlyList<string> Paths(Import import, string target)
    {
        ArgumentNullException.ThrowIfNull(import);
        var directory = Path.GetDirectoryName(target) ?? "/";
        return [.. import.Keys.Select(k => Path.GetFullPath(k.File, directory)), target];
    }

    /// <summary>Those of them that are there already: a key that is overwritten is lost.</summary>
    public static IReadOnlyList<string> InTheWay(Import import, string target) =>
        [.. Paths(import, target).Where(p => Directory.Exists(p) || new FileInfo(p) is { Exists: true } or { LinkTarget: not null })];

    /// <summary>
    /// Writes them, or, where one cannot be written, leaves none of them behind. A file that somebody else made meanwhile, such as an
    /// import to the same place, is one that cannot.
    /// </summary>
    /// <param name="stop">Is looked at before each file: then, too, none is left behind.</param>
    /// <exception cref="KernelException">A file could not be made.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor could its directory.</exception>
    public static void Write(Import import, string target, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(import);
        var paths = Paths(import, target);
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? "/");
        var written = new List<string>();
        try
        {
            foreach (var (key, path) in import.Keys.Zip(paths))
            {
                stop.ThrowIfCancellationRequested();
                WriteKey(path, key.Key);
                written.Add(path);
            }

            stop.ThrowIfCancellationRequested();
            AtomicFile.Create(target, Encoding.UTF8.GetBytes(import.Toml), Permissions.Everybody);
        }
        catch
        {
            written.ForEach(File.Delete);
            throw;
        }
    }

    private static void WriteKey(string path, SecretKey key)
    {
        Span<byte> line = stackalloc byte[KeyText.LineLength];
        try
        {
            KeyText.WriteLine(key, line);
            AtomicFile.Create(path, line, Permissions.OwnerOnly);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(line);
        }
    }
}
