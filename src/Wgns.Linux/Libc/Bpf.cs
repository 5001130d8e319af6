namespace Wgns.Linux;

/// <summary>Classic BPF's operations (<c>linux/bpf_common.h</c>), for sockets and for seccomp.</summary>
internal static class Bpf
{
    /// <summary>BPF_LD | BPF_W | BPF_ABS, and so on.</summary>
    internal const ushort LoadWord = 0x20;
    internal const ushort LoadByte = 0x30;
    internal const ushort LoadHalfAtX = 0x48;
    internal const ushort LoadXHeaderLength = 0xB1;
    internal const ushort And = 0x54;
    internal const ushort JumpEqual = 0x15;
    internal const ushort Return = 0x06;
}
