using Wgns.Linux.Namespaces;
using Wgns.Linux.WireGuard;

namespace Wgns.Observation;

/// <summary>Access to devices and the processes that run them.</summary>
public interface IDevices
{
    /// <summary>The control of a device; null where there is none to be had.</summary>
    /// <param name="engine">Null where the kernel runs it.</param>
    IDeviceControl? Open(Netns netns, string ifname, EngineRecord? engine);

    ObservedEngine Observe(EngineRecord engine);
}
