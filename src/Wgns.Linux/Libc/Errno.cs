using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>An error number of the kernel (<c>asm-generic/errno-base.h</c>, <c>asm-generic/errno.h</c>).</summary>
/// <remarks>0 is success. Only the ones that code compares with have names; the others print as the C library words them.</remarks>
public readonly record struct Errno(int Value)
{
    public static readonly Errno None = new(0);
    public static readonly Errno EPERM = new(1);
    public static readonly Errno ENOENT = new(2);
    public static readonly Errno ESRCH = new(3);
    public static readonly Errno EINTR = new(4);
    public static readonly Errno EIO = new(5);
    public static readonly Errno ENOEXEC = new(8);
    public static readonly Errno EBADF = new(9);
    public static readonly Errno EAGAIN = new(11);
    public static readonly Errno ENOMEM = new(12);
    public static readonly Errno EACCES = new(13);
    public static readonly Errno EBUSY = new(16);
    public static readonly Errno EEXIST = new(17);
    public static readonly Errno ENODEV = new(19);
    public static readonly Errno ENOTDIR = new(20);
    public static readonly Errno EINVAL = new(22);
    public static readonly Errno ENFILE = new(23);
    public static readonly Errno EMFILE = new(24);
    public static readonly Errno ENOSPC = new(28);
    public static readonly Errno EPIPE = new(32);
    public static readonly Errno ERANGE = new(34);
    public static readonly Errno ENAMETOOLONG = new(36);
    public static readonly Errno ENOSYS = new(38);
    public static readonly Errno ELOOP = new(40);
    public static readonly Errno EPROTO = new(71);
    public static readonly Errno EBADFD = new(77);
    public static readonly Errno EMSGSIZE = new(90);
    public static readonly Errno ENOPROTOOPT = new(92);
    public static readonly Errno EPROTONOSUPPORT = new(93);
    public static readonly Errno EOPNOTSUPP = new(95);
    public static readonly Errno EAFNOSUPPORT = new(97);
    public static readonly Errno EADDRINUSE = new(98);
    public static readonly Errno EADDRNOTAVAIL = new(99);
    public static readonly Errno ENETDOWN = new(100);
    public static readonly Errno ENETUNREACH = new(101);
    public static readonly Errno ECONNABORTED = new(103);
    public static readonly Errno ENOBUFS = new(105);
    public static readonly Errno ETIMEDOUT = new(110);
    public static readonly Errno ECONNREFUSED = new(111);
    public static readonly Errno EHOSTUNREACH = new(113);
    public static readonly Errno EINPROGRESS = new(115);
    public static readonly Errno ESTALE = new(116);
    public static readonly Errno EDQUOT = new(122);

    /// <summary>True for 0.</summary>
    public bool IsNone => Value == 0;

    /// <summary>The C library's words, such as "No such device".</summary>
    public override string ToString() => Value == 0 ? "Success" : Marshal.GetPInvokeErrorMessage(Value);
}
