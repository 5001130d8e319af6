namespace Wgns.Linux;

/// <summary>The kernel refused something that was expected to work.</summary>
/// <remarks>Expected answers (EEXIST, ENODEV, EOPNOTSUPP where they mean something) are results, not this.</remarks>
public sealed class KernelException : Exception
{
    public KernelException(string operation, Errno errno, string? extack = null)
        : base(extack is null ? $"{operation}: {errno}" : $"{operation}: {errno} ({extack})")
    {
        Operation = operation;
        Errno = errno;
        Extack = extack;
    }

    /// <summary>What was asked, in words a person knows: "create link wg0".</summary>
    public string Operation { get; }

    /// <summary>The kernel's error number.</summary>
    public Errno Errno { get; }

    /// <summary>The kernel's own sentence (NLMSGERR_ATTR_MSG), null where it gave none.</summary>
    public string? Extack { get; }
}
