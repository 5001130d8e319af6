using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.Nftables;
using Wgns.Linux.Processes;
using Wgns.Linux.Sockets;
using Wgns.Linux.Tun;

namespace Wgns.Tests.Linux;

public sealed class LibcHeaderTests
{
    // Room, and names that this project gave.
    private static readonly string[] OurOwn =
    [
        "SpawnAttributesSize", "SpawnActionsSize", "SignalSetSize", "SignalActionSize", "Library",
        "NS_GET_NSTYPE", "NSFS_MAGIC", "TcpInfoBytesReceived",
    ];

    private static readonly string[] Headers =
    [
        "stddef.h", "fcntl.h", "unistd.h", "sched.h", "spawn.h", "signal.h", "poll.h", "termios.h", "pwd.h", "grp.h",
        "sys/stat.h", "sys/vfs.h", "sys/mman.h", "sys/mount.h", "sys/file.h", "sys/wait.h", "sys/resource.h", "sys/prctl.h",
        "sys/socket.h", "sys/statvfs.h", "sys/syscall.h", "linux/close_range.h", "linux/nsfs.h", "linux/magic.h",
        "linux/if_ether.h", "linux/if_packet.h", "linux/filter.h", "linux/sockios.h", "linux/openat2.h", "sys/eventfd.h",
        "sys/inotify.h", "malloc.h", "errno.h", "linux/seccomp.h", "linux/audit.h", "linux/vm_sockets.h", "time.h",
        "netinet/in.h", "netinet/udp.h", "dirent.h", "netinet/tcp.h", "sys/epoll.h", "linux/if_tun.h", "linux/virtio_net.h",
        "linux/capability.h", "linux/major.h", "sys/un.h",
    ];

    [Test]
    public void Constants_and_layouts_are_as_the_headers_have_them()
    {
        var claims = new List<string>
        {
            $"NS_GET_NSTYPE == {Libc.NS_GET_NSTYPE}", $"NSFS_MAGIC == {Libc.NSFS_MAGIC}",
            $"O_DIRECTORY == {Libc.O_DIRECTORY}", $"O_NOFOLLOW == {Libc.O_NOFOLLOW}",
            $"sizeof(posix_spawnattr_t) <= {Libc.SpawnAttributesSize}",
            $"sizeof(posix_spawn_file_actions_t) <= {Libc.SpawnActionsSize}",
            $"sizeof(sigset_t) == {Libc.SignalSetSize}",
            $"sizeof(struct sigaction) <= {Libc.SignalActionSize}",
            "offsetof(struct sigaction, sa_handler) == 0",
            "sizeof(struct termios) <= 128",
            $"MISC_MAJOR == {TunDescriptor.Major}",
            $"sizeof(((struct sockaddr_un *)0)->sun_path) == {UnixAddress.Room}",
        };
        claims.AddRange(typeof(Libc).GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(f => f.IsLiteral && !OurOwn.Contains(f.Name) && f.FieldType != typeof(string))
            .Select(f => string.Create(CultureInfo.InvariantCulture, $"(long){f.Name} == {f.GetRawConstantValue()}")));
        claims.AddRange(typeof(Errno).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Where(f => f.Name != nameof(Errno.None)).Select(f => $"{f.Name} == {((Errno)f.GetValue(null)!).Value}"));
        claims.AddRange(typeof(Syscall).GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(f => $"SYS_{f.Name} == {f.GetValue(null) ?? f.GetRawConstantValue()}"));
        claims.AddRange(Layout<Libc.Statx>("struct statx", ("LinkCount", "stx_nlink"), ("Uid", "stx_uid"), ("Gid", "stx_gid"),
            ("Mode", "stx_mode"), ("Inode", "stx_ino"), ("Size", "stx_size"),
            ("SpecialMajor", "stx_rdev_major"), ("SpecialMinor", "stx_rdev_minor"), ("DeviceMajor", "stx_dev_major"), ("DeviceMinor", "stx_dev_minor")));
        claims.AddRange(Layout<Libc.StatFs>("struct statfs", ("Type", "f_type"), ("Flags", "f_flags")));
        claims.AddRange(Layout<Libc.OpenHow>("struct open_how", ("Flags", "flags"), ("Mode", "mode"), ("Resolve", "resolve")));
        claims.AddRange(Layout<Libc.ResourceLimit>("struct rlimit", ("Soft", "rlim_cur"), ("Hard", "rlim_max")));
        claims.AddRange(Layout<Libc.PollFd>("struct pollfd", ("Fd", "fd"), ("Events", "events"), ("Returned", "revents")));
        claims.AddRange(Layout<Libc.Passwd>("struct passwd", ("Uid", "pw_uid"), ("Gid", "pw_gid"), ("Directory", "pw_dir"), ("Shell", "pw_shell")));
        claims.AddRange(Layout<Libc.Group>("struct group", ("Gid", "gr_gid"), ("Members", "gr_mem")));
        claims.AddRange(Layout<Libc.SockAddrLl>("struct sockaddr_ll", ("sll_family", "sll_family"), ("sll_protocol", "sll_protocol"),
            ("sll_ifindex", "sll_ifindex"), ("sll_addr0", "sll_addr"), ("sll_addr4", "sll_addr[4]")));
        claims.AddRange(Layout<Libc.TpacketStats>("struct tpacket_stats", ("tp_packets", "tp_packets"), ("tp_drops", "tp_drops")));
        claims.AddRange(Layout<Libc.SockFilter>("struct sock_filter", ("code", "code"), ("jt", "jt"), ("jf", "jf"), ("k", "k")));
        claims.AddRange(Layout<Libc.IoVec>("struct iovec", ("iov_base", "iov_base"), ("iov_len", "iov_len")));
        claims.AddRange(Layout<Libc.MsgHdr>("struct msghdr", ("msg_name", "msg_name"), ("msg_namelen", "msg_namelen"), ("msg_iov", "msg_iov"),
            ("msg_iovlen", "msg_iovlen"), ("msg_control", "msg_control"), ("msg_controllen", "msg_controllen"), ("msg_flags", "msg_flags")));
        claims.AddRange(Layout<Libc.MMsgHdr>("struct mmsghdr", ("msg_hdr", "msg_hdr"), ("msg_len", "msg_len")));
        claims.AddRange(Layout<Libc.CMsgHdr>("struct cmsghdr", ("cmsg_len", "cmsg_len"), ("cmsg_level", "cmsg_level"), ("cmsg_type", "cmsg_type")));
        claims.AddRange(Layout<Libc.Linger>("struct linger", ("l_onoff", "l_onoff"), ("l_linger", "l_linger")));
        claims.AddRange(Layout<Libc.TimeSpec>("struct timespec", ("tv_sec", "tv_sec"), ("tv_nsec", "tv_nsec")));
        claims.AddRange(Layout<VirtioHeader.Raw>("struct virtio_net_hdr", ("Flags", "flags"), ("GsoType", "gso_type"), ("HeaderLength", "hdr_len"),
            ("SegmentSize", "gso_size"), ("ChecksumStart", "csum_start"), ("ChecksumOffset", "csum_offset")));
        claims.AddRange(Layout<Libc.SockFprog>("struct sock_fprog", ("len", "len"), ("filter", "filter")));
        claims.AddRange([
            $"offsetof(struct dirent64, d_reclen) == {DirectoryEntries.LengthAt}", $"offsetof(struct dirent64, d_type) == {DirectoryEntries.TypeAt}",
            $"offsetof(struct dirent64, d_name) == {DirectoryEntries.NameAt}",
            $"DT_UNKNOWN == {DirectoryEntries.Unknown}", $"DT_DIR == {DirectoryEntries.Directory}", $"DT_LNK == {DirectoryEntries.Link}",
            $"(BPF_LD | BPF_W | BPF_ABS) == {Bpf.LoadWord}", $"(BPF_LD | BPF_B | BPF_ABS) == {Bpf.LoadByte}",
            $"(BPF_LD | BPF_H | BPF_IND) == {Bpf.LoadHalfAtX}", $"(BPF_LDX | BPF_B | BPF_MSH) == {Bpf.LoadXHeaderLength}",
            $"(BPF_ALU | BPF_AND | BPF_K) == {Bpf.And}", $"(BPF_JMP | BPF_JEQ | BPF_K) == {Bpf.JumpEqual}",
            $"(BPF_RET | BPF_K) == {Bpf.Return}", $"(unsigned)(SKF_AD_OFF + SKF_AD_PROTOCOL) == {PacketFilter.Ethertype}",
            $"TIOCSTI == {CallFilter.TIOCSTI}", $"TIOCLINUX == {CallFilter.TIOCLINUX}",
            $"AUDIT_ARCH_X86_64 == {CallFilter.ArchX64}", $"AUDIT_ARCH_AARCH64 == {CallFilter.ArchArm64}",
            $"AUDIT_ARCH_RISCV64 == {CallFilter.ArchRiscV64}", $"AUDIT_ARCH_LOONGARCH64 == {CallFilter.ArchLoongArch64}",
            $"offsetof(struct seccomp_data, nr) == {CallFilter.Number}", $"offsetof(struct seccomp_data, arch) == {CallFilter.Architecture}",
            $"offsetof(struct seccomp_data, args) == {CallFilter.FirstArgument}",
            $"offsetof(struct seccomp_data, args[1]) == {CallFilter.SecondArgument}",
        ]);
        claims.Count.Should().BeGreaterThan(80);
        Compile(Headers, claims).Should().BeEmpty();
    }

    /// <summary>Of the kernel's header: the C library's has an older struct of that name.</summary>
    [Test]
    public void What_TCP_tells_of_itself_is_as_the_kernels_header_has_it() => Compile(["stddef.h", "linux/tcp.h"], [
        $"offsetof(struct tcp_info, tcpi_state) == 0", $"sizeof(((struct tcp_info *)0)->tcpi_state) == 1",
        $"offsetof(struct tcp_info, tcpi_bytes_received) == {Libc.TcpInfoBytesReceived}",
        $"sizeof(((struct tcp_info *)0)->tcpi_bytes_received) == {sizeof(ulong)}"]).Should().BeEmpty();

    [Test]
    public void Libnftables_flags_are_as_its_header_has_them()
    {
        if (!File.Exists("/usr/include/nftables/libnftables.h"))
        {
            Assert.Ignore("libnftables-dev is not installed");
        }

        Compile(["nftables/libnftables.h"], typeof(Libnftables).GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(f => f.IsLiteral && f.FieldType == typeof(uint)).Select(f => $"{f.Name} == {f.GetRawConstantValue()}")).Should().BeEmpty();
    }

    [Test]
    public void A_wrong_claim_is_found() => Compile(["fcntl.h"], ["O_CREAT == 1"]).Should().Contain("O_CREAT == 1");

    private static IEnumerable<string> Layout<T>(string name, params (string Ours, string Theirs)[] fields)
    {
        yield return $"sizeof({name}) == {Marshal.SizeOf<T>()}";
        foreach (var (ours, theirs) in fields)
        {
            yield return $"offsetof({name}, {theirs}) == {Marshal.OffsetOf<T>(ours)}";
        }
    }

    private static string Compile(IEnumerable<string> headers, IEnumerable<string> claims)
    {
        var source = new StringBuilder("#define _GNU_SOURCE\n");
        source.AppendJoin("", headers.Select(h => $"#include <{h}>\n"))
            .AppendJoin("", claims.Select(c => $"_Static_assert({c}, \"{c}\");\n"));
        return CompilerOfC.Check(source.ToString());
    }
}
