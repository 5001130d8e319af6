using System.Runtime.InteropServices;
using Architectures = System.Runtime.InteropServices.Architecture;

namespace Wgns.Linux.Processes;

/// <summary>
/// Takes from the calling thread, and from whatever it becomes, for good, what no network namespace holds. AF_VSOCK, a socket between a
/// virtual machine and its host: it is told that the kernel has no such family. io_uring, whose sockets (IORING_OP_SOCKET,
/// from 5.19 on) no filter sees: it is told that the kernel has none, as some have not. And typing on the terminal, by
/// TIOCSTI or a console's TIOCLINUX, which the caller's shell outside would read as its user's commands: it is told what a kernel says
/// with dev.tty.legacy_tiocsti = 0.
/// </summary>
/// <remarks>
/// seccomp(2), tty_ioctl(4). By the calls of another architecture that this machine can run (32 bits) a socket passes: there socket(2) may
/// be hidden behind socketcall(2), whose arguments a filter does not see. ioctl(2) shows them, and does not pass.
/// </remarks>
internal static unsafe class CallFilter
{
    internal const uint TIOCSTI = 0x5412;
    internal const uint TIOCLINUX = 0x541C;

    /// <summary>AUDIT_ARCH_* of <c>linux/audit.h</c>.</summary>
    internal const uint ArchX64 = 0xC000003E;
    internal const uint ArchArm64 = 0xC00000B7;
    internal const uint ArchRiscV64 = 0xC00000F3;
    internal const uint ArchLoongArch64 = 0xC0000102;

    /// <summary>Offsets into struct seccomp_data; the low half of an argument on little endian machines, as all of these are.</summary>
    internal const uint Number = 0;
    internal const uint Architecture = 4;
    internal const uint FirstArgument = 16;
    internal const uint SecondArgument = 24;

    /// <summary>Clears __X32_SYSCALL_BIT of asm/unistd.h, by which x86-64 has a second number for each call.</summary>
    private const uint NotX32 = ~0x40000000u;

    /// <summary>ioctl(2) by that second number, which is not the first one's; elsewhere nobody's.</summary>
    private const uint IoctlOfX32 = 514;

    /// <summary>Needs CAP_SYS_ADMIN or no_new_privs, so before capabilities are dropped.</summary>
    /// <exception cref="KernelException">EINVAL: the kernel is built without seccomp filters.</exception>
    internal static void Load()
    {
        var code = stackalloc Libc.SockFilter[]
        {
            new() { code = Bpf.LoadWord, k = Architecture },
            new() { code = Bpf.JumpEqual, k = OfThisMachine, jt = 2 },
            new() { code = Bpf.LoadWord, k = Number },
            new() { code = Bpf.JumpEqual, k = IoctlOf32Bits, jt = 8, jf = 13 },
            new() { code = Bpf.LoadWord, k = Number },
            new() { code = Bpf.And, k = RuntimeInformation.ProcessArchitecture == Architectures.X64 ? NotX32 : uint.MaxValue },
            new() { code = Bpf.JumpEqual, k = Syscall.io_uring_setup, jt = 9 },
            new() { code = Bpf.JumpEqual, k = (uint)Syscall.ioctl, jt = 4 },
            new() { code = Bpf.JumpEqual, k = IoctlOfX32, jt = 3 },
            new() { code = Bpf.JumpEqual, k = (uint)Syscall.socket, jf = 7 },
            new() { code = Bpf.LoadWord, k = FirstArgument },
            new() { code = Bpf.JumpEqual, k = Libc.AF_VSOCK, jt = 3, jf = 5 },
            new() { code = Bpf.LoadWord, k = SecondArgument },
            new() { code = Bpf.JumpEqual, k = TIOCSTI, jt = 4 },
            new() { code = Bpf.JumpEqual, k = TIOCLINUX, jt = 3, jf = 2 },
            new() { code = Bpf.Return, k = Answer(Errno.EAFNOSUPPORT) },
            new() { code = Bpf.Return, k = Answer(Errno.ENOSYS) },
            new() { code = Bpf.Return, k = Libc.SECCOMP_RET_ALLOW },
            new() { code = Bpf.Return, k = Answer(Errno.EIO) },
        };
        var program = new Libc.SockFprog { len = 19, filter = code };
        Libc.Check(Libc.prctl(Libc.PR_SET_SECCOMP, Libc.SECCOMP_MODE_FILTER, (nuint)(&program), 0, 0), "deny AF_VSOCK, io_uring and typing on the terminal");
    }

    private static uint Answer(Errno errno) => Libc.SECCOMP_RET_ERRNO | (uint)errno.Value;

    private static uint OfThisMachine => RuntimeInformation.ProcessArchitecture switch
    {
        Architectures.X64 => ArchX64,
        Architectures.Arm64 => ArchArm64,
        Architectures.RiscV64 => ArchRiscV64,
        Architectures.LoongArch64 => ArchLoongArch64,
        var other => throw new PlatformNotSupportedException($"system calls of {other} are not known"),
    };

    /// <summary>i386's and arm's, by which the machine's programs of 32 bits call, and any other that likes to; riscv has but the new numbers.</summary>
    private static uint IoctlOf32Bits => RuntimeInformation.ProcessArchitecture is Architectures.X64 or Architectures.Arm64 ? 54u : (uint)Syscall.ioctl;
}
