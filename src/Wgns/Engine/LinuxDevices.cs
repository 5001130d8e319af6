using Wgns.Linux.Genetlink;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Netlink;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Engine;

/// <summary>Devices of the kernel by generic netlink, those of engines by their sockets.</summary>
public sealed class LinuxDevices(Func<SecretKey, WireGuardKey> publicKeyOf) : IDevices
{
    public IDeviceControl? Open(Netns netns, string ifname, EngineRecord? engine)
    {
        ArgumentNullException.ThrowIfNull(netns);
        if (engine is not null)
        {
            return new UapiDevice(engine.Socket, publicKeyOf);
        }

        return WireGuardNetlink.Open(NetnsThread.Run(netns.Fd, () => NetlinkSocket.Open(NetlinkProtocol.Generic)), ifname);
    }

    public ObservedEngine Observe(EngineRecord engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return new ObservedEngine(EngineProcess.Find(engine)?.Pid ?? 0, File.Exists(engine.Socket))
        {
            SymlinkPresent = engine.Symlink is null || new FileInfo(engine.Symlink).LinkTarget == engine.Socket,
        };
    }
}
