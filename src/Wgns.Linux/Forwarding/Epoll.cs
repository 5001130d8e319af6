using System.Runtime.InteropServices;

namespace Wgns.Linux.Forwarding;

/// <summary>epoll(7): what happened to which of thousands of descriptors, by a number that whoever added it chose.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int Most = 256;

    // linux/eventpoll.h: struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Size = DataAt + sizeof(ulong);

    private readonly OwnedFd _fd;
    private byte* _occurrences;

    internal Epoll()
    {
        _fd = new OwnedFd(Libc.epoll_create1(Libc.EPOLL_CLOEXEC));
        if (_fd.IsInvalid)
        {
            throw new KernelException("create an epoll descriptor", Libc.LastErrno);
        }

        _occurrences = (byte*)NativeMemory.AllocZeroed((nuint)(Most * Size));
    }

    ~Epoll() => Free();

    /// <returns>None; ENOSPC at the user's limit (/proc/sys/fs/epoll/max_user_watches); ENOMEM.</returns>
    internal Errno Add(int fd, uint occurrences, ulong token)
    {
        var one = stackalloc byte[16];
        *(uint*)one = occurrences;
        *(ulong*)(one + DataAt) = token;
        return Libc.epoll_ctl(_fd, Libc.EPOLL_CTL_ADD, fd, one) == 0 ? Errno.None : Libc.LastErrno;
    }

    /// <summary>Before its descriptor is closed where another process may hold the same file: else closing it does this.</summary>
    internal void Remove(int fd)
    {
        var none = stackalloc byte[16];
        _ = Libc.epoll_ctl(_fd, Libc.EPOLL_CTL_DEL, fd, none);
    }

    /// <summary>How many things happened within <paramref name="milliseconds"/>; -1 waits for good.</summary>
    internal int Wait(int milliseconds)
    {
        var count = Libc.epoll_wait(_fd, _occurrences, Most, milliseconds);
        return count >= 0 ? count
            : Libc.LastErrno == Errno.EINTR ? 0
            : throw new KernelException("wait for connections", Libc.LastErrno);
    }

    internal (uint What, ulong Token) this[int index] =>
        (*(uint*)(_occurrences + (index * Size)), *(ulong*)(_occurrences + (index * Size) + DataAt));

    public void Dispose()
    {
        _fd.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_occurrences);
        _occurrences = null;
    }
}
