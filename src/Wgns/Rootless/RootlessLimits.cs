using Wgns.Configuration;
using Wgns.Diagnostics;

namespace Wgns.Rootless;

/// <summary>What a configuration may not ask for where wgns has no rights over the machine's own network.</summary>
public static class RootlessLimits
{
    public static IEnumerable<Diagnostic> In(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var whole = SourceSpan.WholeOf(config.Source);
        if (!config.IsManaged)
        {
            yield return Diagnostic.Error(whole, "managed = false needs root: without it wgns has namespaces of its own alone", "leave it out");
        }

        if (config.Birthplace is not null)
        {
            yield return Diagnostic.Error(whole, "birthplaceNamespace needs root: it is another namespace than the one that you are in", "leave it out");
        }

        if (config.HostLink is not null)
        {
            yield return Diagnostic.Error(
                whole, "[hostLink] needs root: its other end is in the machine's own network", "leave it out; [[publish]] without it needs no root");
        }

        foreach (var item in config.Interfaces)
        {
            if (item.Engine is EngineChoice.Kernel or EngineChoice.WireGuardGo)
            {
                yield return Diagnostic.Error(
                    whole,
                    $"engine = \"{(item.Engine == EngineChoice.Kernel ? "kernel" : "wireguard-go")}\" needs root: its device would have to be made outside",
                    "leave engine out, or \"embedded\"");
            }

            if (item.FwMark != 0)
            {
                yield return Diagnostic.Error(whole, "fwMark needs root: it marks packets on the machine's own network", "leave it out");
            }
        }
    }
}
