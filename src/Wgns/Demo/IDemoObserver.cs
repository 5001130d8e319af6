using Wgns.Execution;

namespace Wgns.Demo;

/// <summary>Is told of a demo as it goes: the display.</summary>
public interface IDemoObserver
{
    /// <summary>Is told of the operations of up and down.</summary>
    IRunObserver Operations { get; }

    /// <summary>A new part of the demo, with a heading.</summary>
    void Begin(DemoPart part);

    /// <summary>Something was done that took this long.</summary>
    void Did(string what, TimeSpan took);

    /// <summary>Something is waited for, and why.</summary>
    void Waiting(string what);

    /// <summary>The configuration as it was written.</summary>
    void Wrote(string path, string text);

    /// <summary>All of it stands.</summary>
    void Stands(DemoMap map);

    void Checked(DemoCheck check);
}

/// <summary>The demo's parts, in their order.</summary>
public enum DemoPart
{
    /// <summary>What an earlier demo, killed half way, left; only where there is something.</summary>
    Leftovers,
    Provider,
    Configuration,
    Up,
    Map,
    Tunnel,
    KillSwitch,
    CleanUp,
}

/// <summary>One claim, whether it held, and what was measured.</summary>
public sealed record DemoCheck(string Claim, bool Held, string Measured, TimeSpan Took);

/// <summary>Who has which address, interface and port.</summary>
/// <param name="ClientPort">The UDP port of the client's engine, in the host's netns.</param>
public sealed record DemoMap(
    DemoAddresses Addresses,
    string Namespace,
    string ClientLink,
    int ClientPort,
    string HostCable,
    string ProviderCable,
    string ProviderLink,
    int ProviderPort);

/// <summary>How a demo ended.</summary>
/// <param name="Held">Checks that held.</param>
/// <param name="Failed">Checks that did not.</param>
/// <param name="Leftovers">What could not be cleaned up, in words; empty is as it should be.</param>
public sealed record DemoOutcome(int Held, int Failed, IReadOnlyList<string> Leftovers)
{
    public bool Succeeded => Failed == 0 && Held > 0 && Leftovers.Count == 0;
}
