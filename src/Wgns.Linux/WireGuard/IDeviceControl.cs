namespace Wgns.Linux.WireGuard;

/// <summary>A WireGuard device's two verbs, whoever runs it: the kernel by generic netlink, a process by its UAPI socket.</summary>
public interface IDeviceControl : IDisposable
{
    /// <summary>Null where there is no such device.</summary>
    WireGuardDevice? Get();

    /// <summary>Sets what <paramref name="change"/> names; throws <see cref="KernelException"/> where the engine refuses.</summary>
    void Set(DeviceChange change);
}
