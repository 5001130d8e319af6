using System.Security.Cryptography;
using Wgns.Linux;
using Wgns.Linux.Time;
using Wgns.Linux.WireGuard;
using Wgns.WireGuard;

namespace Wgns.Engine.Embedded;

/// <summary>A device with its socket, as one thread, the one that answers requests, reads and changes it.</summary>
internal sealed class ConfiguredDevice(Device device, UdpPorts ports, Carrier carrier, EngineLog log) : IDisposable
{
    // Pinned, so that the garbage collector leaves no moved copy behind. The device gives its private key to nobody.
    private readonly byte[] _privateKey = GC.AllocateArray<byte>(WireGuardKey.Length, pinned: true);

    internal Device Device => device;

    internal ushort Port => ports.Port;

    internal uint Mark => ports.Mark;

    /// <summary>All zeros for none.</summary>
    internal ReadOnlySpan<byte> PrivateKey => _privateKey;

    internal ActionList Actions => carrier.Actions;

    internal static Instant Now => new(BootClock.Now, DateTimeOffset.UtcNow);

    internal void SetPrivateKey(ReadOnlySpan<byte> key)
    {
        key.CopyTo(_privateKey);
        device.SetPrivateKey(key);
    }

    /// <summary>0 takes any free one.</summary>
    internal Errno SetPort(ushort port)
    {
        if (port != 0 && port == ports.Port)
        {
            return Errno.None;
        }

        var errno = ports.Open(port);
        log.Write(errno.IsNone ? $"listening on UDP port {ports.Port}" : $"UDP port {port}: {errno}");
        return errno;
    }

    internal Errno SetMark(uint mark)
    {
        try
        {
            ports.SetMark(mark);
            return Errno.None;
        }
        catch (KernelException e)
        {
            log.Write(e.Message);
            return e.Errno;
        }
    }

    /// <summary>The end of a request: a device that is to talk has a port.</summary>
    internal Errno Complete()
    {
        var errno = ports.Port == 0 && device.PublicKey is not null ? SetPort(0) : Errno.None;
        carrier.CarryOut();
        return errno;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_privateKey);
}
