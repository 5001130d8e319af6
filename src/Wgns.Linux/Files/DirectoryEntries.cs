using System.Runtime.InteropServices;

namespace Wgns.Linux.Files;

/// <summary>What an entry of a directory is.</summary>
public enum EntryKind
{
    Directory,
    Link,
    Other,
}

/// <summary>The entries of a directory with their kinds, which the directory itself holds: without a look at each of them.</summary>
/// <remarks>getdents64(2), <c>struct linux_dirent64</c>.</remarks>
public static unsafe class DirectoryEntries
{
    // struct linux_dirent64: d_ino (8), d_off (8), d_reclen (2), d_type (1), d_name.
    internal const int LengthAt = 16;
    internal const int TypeAt = 18;
    internal const int NameAt = 19;

    // DT_* of <dirent.h>
    internal const byte Unknown = 0;
    internal const byte Directory = 4;
    internal const byte Link = 10;

    private const int BufferSize = 32 * 1024;

    /// <summary>In the directory's own order, "." and ".." left out; null where there is no such directory.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="KernelException">It cannot be read.</exception>
    public static IReadOnlyList<(string Name, EntryKind Kind)>? TryRead(string path)
    {
        using var directory = ProcFile.TryOpen(path, Libc.O_RDONLY | Libc.O_DIRECTORY);
        return directory is null ? null : Read(directory, path);
    }

    private static List<(string Name, EntryKind Kind)> Read(OwnedFd directory, string path)
    {
        var entries = new List<(string, EntryKind)>();
        var buffer = (byte*)NativeMemory.Alloc(BufferSize);
        try
        {
            nint length;
            while ((length = Libc.syscall(Syscall.getdents64, directory.Value, (nint)buffer, BufferSize, 0)) > 0)
            {
                for (var entry = buffer; entry < buffer + length; entry += *(ushort*)(entry + LengthAt))
                {
                    var name = Marshal.PtrToStringUTF8((nint)(entry + NameAt))!;
                    if (name is not ("." or ".."))
                    {
                        entries.Add((name, Kind(entry[TypeAt], path, name)));
                    }
                }
            }

            // One that was removed meanwhile, as the /proc of a process that ended, has no more: so readdir(3) has it, too.
            return length == 0 || Libc.LastErrno == Errno.ENOENT ? entries : throw new KernelException($"list {path}", Libc.LastErrno);
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }

    private static EntryKind Kind(byte type, string directory, string name) => type switch
    {
        Directory => EntryKind.Directory,
        Link => EntryKind.Link,

        // Not every file system tells.
        Unknown when new FileInfo($"{directory}/{name}").LinkTarget is not null => EntryKind.Link,
        Unknown when System.IO.Directory.Exists($"{directory}/{name}") => EntryKind.Directory,
        _ => EntryKind.Other,
    };
}
