using System.Runtime.InteropServices;

namespace Wgns.Linux.Processes;

/// <summary>
/// Takes AF_VSOCK from the calling thread and from whatever it becomes, for good: a socket between a virtual machine and its
/// host, which no network namespace holds. It is told that the kernel has no such family. And io_uring, whose sockets
/// (IORING_OP_SOCKET, from 5.19 on) no filter sees: it is told that the kernel has none, as some have not.
/// </summary>
/// <remarks>
/// seccomp(2). A program of another architecture that this machine can run (32 bits) passes: there socket(2) may be hidden
/// behind socketcall(2), whose arguments a filter does not see.
/// </remarks>
internal static unsafe class SocketFilter
{
    internal const int EAFNOSUPPORT = 97;
    internal const int ENOSYS = 38;

    /// <summary>AUDIT_ARCH_* of <c>linux/audit.h</c>.</summary>
    internal const uint ArchX64 = 0xC000003E;
    internal const uint ArchArm64 = 0xC00000B7;
    internal const uint ArchRiscV64 = 0xC00000F3;
    internal const uint ArchLoongArch64 = 0xC0000102;

    /// <summary>Offsets into struct seccomp_data; the low half of args[0] on little endian machines, as all of these are.</summary>
    internal const uint Number = 0;
    internal const uint Architecture = 4;
    internal const uint FirstArgument = 16;

    /// <summary>Clears __X32_SYSCALL_BIT of asm/unistd.h, by which x86-64 has a second number for each call.</summary>
    private const uint NotX32 = ~0x40000000u;

    /// <summary>Needs CAP_SYS_ADMIN or no_new_privs, so before capabilities are dropped.</summary>
    /// <exception cref="KernelException">EINVAL: the kernel is built without seccomp filters.</exception>
    internal static void DenyVsock()
    {
        var code = stackalloc Libc.SockFilter[]
        {
            new() { code = Bpf.LoadWord, k = Architecture },
            new() { code = Bpf.JumpEqual, k = OfThisMachine, jf = 8 },
            new() { code = Bpf.LoadWord, k = Number },
            new() { code = Bpf.And, k = RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 ? NotX32 : uint.MaxValue },
            new() { code = Bpf.JumpEqual, k = Syscall.io_uring_setup, jt = 4 },
            new() { code = Bpf.JumpEqual, k = (uint)Syscall.socket, jf = 4 },
            new() { code = Bpf.LoadWord, k = FirstArgument },
            new() { code = Bpf.JumpEqual, k = Libc.AF_VSOCK, jf = 2 },
            new() { code = Bpf.Return, k = Libc.SECCOMP_RET_ERRNO | EAFNOSUPPORT },
            new() { code = Bpf.Return, k = Libc.SECCOMP_RET_ERRNO | ENOSYS },
            new() { code = Bpf.Return, k = Libc.SECCOMP_RET_ALLOW },
        };
        var program = new Libc.SockFprog { len = 11, filter = code };
        Libc.Check(Libc.prctl(Libc.PR_SET_SECCOMP, Libc.SECCOMP_MODE_FILTER, (nuint)(&program), 0, 0), "deny AF_VSOCK");
    }

    private static uint OfThisMachine => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => ArchX64,
        System.Runtime.InteropServices.Architecture.Arm64 => ArchArm64,
        System.Runtime.InteropServices.Architecture.RiscV64 => ArchRiscV64,
        System.Runtime.InteropServices.Architecture.LoongArch64 => ArchLoongArch64,
        var other => throw new PlatformNotSupportedException($"system calls of {other} are not known"),
    };
}
