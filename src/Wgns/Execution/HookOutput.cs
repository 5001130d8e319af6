using System.Globalization;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;

namespace Wgns.Execution;

/// <summary>
/// What a hook prints. A file and no pipe: what it leaves running in the background must not keep us waiting, nor end for want of
/// a reader. The file is in memory, so it is begun anew where it grows long while the hook runs, and may not grow after that.
/// </summary>
internal sealed class HookOutput : IDisposable
{
    private const long MostBytes = 1 << 20;
    private const int MostWords = 500;
    private const int MostLines = 3;
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(100);

    private readonly ManualResetEventSlim _isDone = new();
    private readonly Thread _watching;

    private HookOutput(string? path, OwnedFd fd)
    {
        (Path, Fd) = (path, fd);
        _watching = new Thread(Watch) { IsBackground = true };
        try
        {
            _watching.Begin();
        }
        catch (KernelException)
        {
            Fd.Dispose();
            _isDone.Dispose();
            if (path is not null)
            {
                File.Delete(path);
            }

            throw;
        }
    }

    /// <summary>Null where it has none.</summary>
    internal string? Path { get; }

    /// <summary>For writing, at its end.</summary>
    internal OwnedFd Fd { get; }

    /// <summary>Of a child.</summary>
    /// <exception cref="KernelException">It cannot be made.</exception>
    internal static HookOutput InMemory() => new(null, LogFile.InMemory());

    /// <summary>With a path below /run, for systemd to open. Whatever a unit leaves running ends with it.</summary>
    /// <exception cref="KernelException">It cannot be made.</exception>
    internal static HookOutput At(string path)
    {
        File.Delete(path);
        return new(path, LogFile.Open(path));
    }

    /// <summary>The last lines, or the end of them, ": " before them; empty where there is none.</summary>
    internal string LastWords()
    {
        using var file = File.OpenRead(Path ?? string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{Fd.Value}"));
        file.Seek(-Math.Min(file.Length, MostWords), SeekOrigin.End);
        using var reader = new StreamReader(file, Encoding.UTF8);
        var lines = reader.ReadToEnd().Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0).TakeLast(MostLines).ToList();
        return lines.Count == 0 ? string.Empty : $": {string.Join(" / ", lines)}";
    }

    public void Dispose()
    {
        _isDone.Set();
        _watching.Join();
        _isDone.Dispose();
        var unbound = Path is null ? LogFile.Bound(Fd, MostBytes) : Errno.None;
        Fd.Dispose();
        if (Path is not null)
        {
            File.Delete(Path);
        }

        if (!unbound.IsNone)
        {
            throw new KernelException("bound what a hook's background prints", unbound);
        }
    }

    private void Watch()
    {
        while (!_isDone.Wait(s_between) && LogFile.Empty(Fd, MostBytes).IsNone)
        {
        }
    }
}
