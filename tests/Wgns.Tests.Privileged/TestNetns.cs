using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Wgns.Linux;
using Wgns.Linux.Netlink;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Tests.Privileged;

/// <summary>A network namespace of one test's own, made and read by iproute2 and not by the code under test.</summary>
internal sealed partial class TestNetns : IDisposable
{
    private static readonly Lazy<string> s_plainKind = new(FindPlainKind);
    private static int s_count;

    public TestNetns()
    {
        Name = string.Create(
            CultureInfo.InvariantCulture, $"wgns-test-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        Tool.Run("ip", "netns", "add", Name);
        Fd = Open();
    }

    /// <summary>A kind of link that is made without options here: dummy, or ifb where the kernel has no dummy.</summary>
    public static string PlainKind => s_plainKind.Value;

    public string Name { get; }

    /// <summary>What IFLA_NET_NS_FD takes.</summary>
    public OwnedFd Fd { get; }

    /// <summary>Runs on a thread of its own inside, which makes raw system calls only and ends.</summary>
    public T Inside<T>(Func<T> action)
    {
        T? result = default;
        Exception? failure = null;
        var fd = Fd.Value;
        var thread = new Thread(() =>
        {
            try
            {
                if (setns(fd, 0x40000000) != 0)
                {
                    throw new KernelException("setns", new Errno(Marshal.GetLastPInvokeError()));
                }

                result = action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new AssertionException(failure.ToString());
    }

    public Rtnl Rtnl() => new(Inside(() => NetlinkSocket.Open(NetlinkProtocol.Route)));

    /// <summary>The rows of <c>ip -j -d -n NAME …</c>.</summary>
    public List<JsonElement> Ip(params string[] arguments) => Machine.Ip(Name, arguments);

    public string Exec(params string[] command) => Tool.Run("ip", ["netns", "exec", Name, .. command]);

    public void Dispose()
    {
        Fd.Dispose();
        Tool.Run("ip", "netns", "del", Name);
    }

    private static string FindPlainKind()
    {
        using var netns = new TestNetns();
        foreach (var kind in (string[])["dummy", "ifb"])
        {
            if (Tool.Ask("ip", "-n", netns.Name, "link", "add", "probe0", "type", kind).Exit == 0)
            {
                return kind;
            }
        }

        throw new InconclusiveException("this kernel has neither dummy nor ifb links");
    }

    private OwnedFd Open()
    {
        using var file = File.OpenHandle($"/run/netns/{Name}");
        var fd = dup((int)file.DangerousGetHandle());
        return fd >= 0 ? new OwnedFd(fd) : throw new AssertionException("dup");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int type);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup(int fd);
}
