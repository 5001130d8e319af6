using System.Buffers.Binary;
using System.Text;

namespace Wgns.Linux.Events;

/// <summary>Tells when files of given names come, change or go in their directories: inotify(7).</summary>
/// <remarks>The directories are watched and not the files, which may be replaced, or not be there yet.</remarks>
public sealed class FileWatch : IEventSource
{
    // IN_MODIFY for a writer that keeps the file open; a rename over the file is IN_MOVED_TO.
    private const uint Changes =
        Libc.IN_MODIFY | Libc.IN_ATTRIB | Libc.IN_MOVED_FROM | Libc.IN_MOVED_TO | Libc.IN_CREATE | Libc.IN_DELETE
        | Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF;

    /// <summary>struct inotify_event before its name: wd, mask, cookie, len.</summary>
    private const int Header = 16;

    private readonly Dictionary<int, HashSet<string>> _names = [];

    public FileWatch()
    {
        Fd = new OwnedFd(Libc.inotify_init1(Libc.IN_CLOEXEC | Libc.IN_NONBLOCK));
        if (Fd.IsInvalid)
        {
            throw new KernelException("watch files", Libc.LastErrno);
        }
    }

    public OwnedFd Fd { get; }

    /// <summary>Watches, or goes on watching, a path whether or not there is something there.</summary>
    /// <returns>False where its directory is not there: watch that one's own directory too, and add again when it comes.</returns>
    /// <exception cref="KernelException">ENOSPC: the user's limit of watches (fs.inotify.max_user_watches) is reached.</exception>
    public bool Add(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var directory = Path.GetDirectoryName(path) ?? "/";
        var descriptor = Libc.inotify_add_watch(Fd.Value, directory, Changes | Libc.IN_ONLYDIR);
        if (descriptor < 0)
        {
            var errno = Libc.LastErrno;
            return errno == Errno.ENOENT || errno == Errno.ENOTDIR ? false : throw new KernelException($"watch {directory}", errno);
        }

        if (!_names.TryGetValue(descriptor, out var names))
        {
            _names.Add(descriptor, names = []);
        }

        names.Add(Path.GetFileName(path));
        return true;
    }

    /// <summary>Watches one file that is there, until it is removed or renamed, and nothing beside it: its neighbours wake nobody.</summary>
    /// <exception cref="KernelException">ENOENT: it is not there; ENOSPC as for <see cref="Add"/>.</exception>
    public void AddItself(string path)
    {
        // What is removed while it is open loses a link first, and is deleted when it is closed.
        var descriptor = Libc.inotify_add_watch(Fd.Value, path, Libc.IN_ATTRIB | Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF);
        if (descriptor < 0)
        {
            throw new KernelException($"watch {path}", Libc.LastErrno);
        }

        // Events of the watched file itself have no name.
        _names[descriptor] = [string.Empty];
    }

    public unsafe bool Drain()
    {
        var matters = false;
        var buffer = stackalloc byte[4096];
        while (true)
        {
            var length = (int)Libc.read(Fd.Value, buffer, 4096);
            if (length > 0)
            {
                matters |= Matters(new ReadOnlySpan<byte>(buffer, length));
            }
            else if (length == 0 || Libc.LastErrno != Errno.EINTR)
            {
                return matters;
            }
        }
    }

    public void Dispose() => Fd.Dispose();

    private bool Matters(ReadOnlySpan<byte> events)
    {
        var matters = false;
        while (events.Length >= Header)
        {
            var descriptor = BinaryPrimitives.ReadInt32LittleEndian(events);
            var mask = BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
            var room = (int)BinaryPrimitives.ReadUInt32LittleEndian(events[12..]);
            var name = Encoding.UTF8.GetString(events.Slice(Header, room).TrimEnd((byte)0));
            events = events[(Header + room)..];
            if ((mask & Libc.IN_IGNORED) != 0)
            {
                // The directory went; a new one of its name gets a new number.
                _names.Remove(descriptor);
            }

            matters |= (mask & (Libc.IN_Q_OVERFLOW | Libc.IN_IGNORED | Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF)) != 0
                || (_names.TryGetValue(descriptor, out var names) && names.Contains(name));
        }

        return matters;
    }
}
