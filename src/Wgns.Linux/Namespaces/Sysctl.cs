using System.Collections.Immutable;
using System.Text;
using Wgns.Linux.Files;

namespace Wgns.Linux.Namespaces;

/// <summary><c>/proc/sys</c> as a netns sees it: <c>net/…</c> there is that of the thread which opens the file.</summary>
public static class Sysctl
{
    /// <summary>Writes a value.</summary>
    /// <param name="key">Parts by slashes, since an interface's name may hold dots: <c>net/ipv6/conf/wg0.1/disable_ipv6</c>.</param>
    /// <returns>False where the kernel has no such key: IPv6 is off, the interface is gone.</returns>
    public static bool Write(OwnedFd netns, string key, string value)
    {
        var path = PathOf(key);
        return NetnsThread.Run(netns, () =>
        {
            using var file = ProcFile.TryOpen(path, Libc.O_WRONLY);
            if (file is not null)
            {
                RawFile.WriteAll(file, Encoding.ASCII.GetBytes(value + "\n"), $"write {path}");
            }

            return file is not null;
        });
    }

    /// <summary>Reads a value, without its last line end; null where the kernel has no such key.</summary>
    public static string? Read(OwnedFd netns, string key)
    {
        var path = PathOf(key);
        return NetnsThread.Run(netns, () => ReadHere(path));
    }

    /// <summary>Reads several; one that the kernel does not have is left out.</summary>
    public static ImmutableDictionary<string, string> Read(OwnedFd netns, IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var paths = keys.Select(k => (Key: k, Path: PathOf(k))).ToList();
        return NetnsThread.Run(netns, () =>
        {
            var values = ImmutableDictionary.CreateBuilder<string, string>();
            foreach (var (key, path) in paths)
            {
                if (ReadHere(path) is { } value)
                {
                    values[key] = value;
                }
            }

            return values.ToImmutable();
        });
    }

    private static string? ReadHere(string path) =>
        ProcFile.TryRead(path) is { } bytes ? Encoding.ASCII.GetString(bytes).TrimEnd('\n') : null;

    private static string PathOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Split('/').Any(part => part is "" or "." or "..")
            ? throw new ArgumentException($"'{key}' is no key of /proc/sys", nameof(key))
            : "/proc/sys/" + key;
    }
}
