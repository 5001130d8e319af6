using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Wgns.Linux.Namespaces;

/// <summary>Calls about capabilities for a bare fork, with the structures that they point to outside the collected heap.</summary>
internal sealed unsafe class CapabilityCalls : IDisposable
{
    private readonly uint* _header;
    private readonly uint* _data;

    internal CapabilityCalls()
    {
        // struct __user_cap_header_struct: version, pid (0: the caller).
        _header = (uint*)NativeMemory.AllocZeroed(2, sizeof(uint));
        _header[0] = Libc._LINUX_CAPABILITY_VERSION_3;

        // Two of struct __user_cap_data_struct: effective, permitted, inheritable. The kernel leaves out the bits it does not know.
        _data = (uint*)NativeMemory.AllocZeroed(6, sizeof(uint));
        new Span<uint>(_data, 6).Fill(uint.MaxValue);
    }

    /// <summary>The highest capability that this kernel has: 40 in 2024 (CAP_CHECKPOINT_RESTORE).</summary>
    private static int Last { get; } = int.Parse(File.ReadAllText("/proc/sys/kernel/cap_last_cap"), CultureInfo.InvariantCulture);

    /// <summary>
    /// All capabilities ambient, by which who is not root keeps them over execve(2). For who has all of them, as a process
    /// that has just come into a user namespace has.
    /// </summary>
    internal ImmutableArray<RawCall> Keep =>
    [
        new RawCall(Syscall.capset, (nint)_header, (nint)_data),
        .. Enumerable.Range(0, Last + 1).Select(c => new RawCall(Syscall.prctl, Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_RAISE, c)),
    ];

    public void Dispose()
    {
        NativeMemory.Free(_header);
        NativeMemory.Free(_data);
    }
}
