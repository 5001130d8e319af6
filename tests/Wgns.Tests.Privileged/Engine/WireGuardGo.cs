using System.Diagnostics;
using System.Globalization;
using Wgns.Engine;
using Wgns.Linux.WireGuard;

namespace Wgns.Tests.Privileged.Engine;

/// <summary>A wireguard-go of one test's own, in a netns of its own. Ignores the test where there is no wireguard-go.</summary>
internal sealed class WireGuardGo : IDisposable
{
    private static int s_count;
    private readonly Process _process;
    private readonly string _socket;

    public WireGuardGo(Func<SecretKey, WireGuardKey> publicKeyOf)
    {
        // The sockets' directory is the host's, so the name must be nobody else's. At most 15 bytes.
        Ifname = string.Create(
            CultureInfo.InvariantCulture, $"wt{Environment.ProcessId}x{Interlocked.Increment(ref s_count)}");
        _socket = UapiListening.PathOf(Ifname);
        Netns = new TestNetns();
        string[] command = ["netns", "exec", Netns.Name, "wireguard-go", "--foreground", Ifname];
        _process = Process.Start(new ProcessStartInfo("ip", command)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        // Its banner and log are read, so that its pipes do not fill up, and dropped.
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var clock = Stopwatch.StartNew();
        while (!UapiListening.Is(_process.Id, Ifname))
        {
            if (_process.HasExited || clock.Elapsed > TimeSpan.FromSeconds(10))
            {
                Dispose();
                Assert.Ignore("wireguard-go is not installed or does not start here");
            }

            Thread.Sleep(10);
        }

        Device = new UapiDevice(_socket, publicKeyOf);
    }

    public TestNetns Netns { get; }

    public string Ifname { get; }

    public UapiDevice Device { get; } = null!;

    /// <summary>Ends it as the kernel would end a process out of memory: its socket stays behind.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        Device?.Dispose();
        File.Delete(_socket);
        Netns.Dispose();
    }
}
