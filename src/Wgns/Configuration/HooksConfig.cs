using System.Collections.Immutable;

namespace Wgns.Configuration;

/// <summary>The user's own commands around the making and the closing of the tunnel, each list in the order of the file.</summary>
public sealed record HooksConfig
{
    public static readonly HooksConfig None = new();

    /// <summary>When the namespace stands closed, with its rules and DNS files, and before the first interface is made.</summary>
    public ImmutableArray<HookCommand> PreUp { get; init; } = [];

    /// <summary>When every interface is up and has its routes.</summary>
    public ImmutableArray<HookCommand> PostUp { get; init; } = [];

    /// <summary>Before the first interface is taken down.</summary>
    public ImmutableArray<HookCommand> PreDown { get; init; } = [];

    /// <summary>When every interface is gone, and the namespace is still there.</summary>
    public ImmutableArray<HookCommand> PostDown { get; init; } = [];

    /// <summary>How long those on the way up may take together.</summary>
    public TimeSpan LongestUp => HookCommand.Limit * (PreUp.Length + PostUp.Length);

    public bool IsEmpty => PreUp.IsEmpty && PostUp.IsEmpty && PreDown.IsEmpty && PostDown.IsEmpty;
}

/// <summary>What /bin/sh -c is given, and in which network namespace.</summary>
public sealed record HookCommand(string Command, HookPlace Where)
{
    /// <summary>Then it is ended: less than the patience of another command that waits for this one to be done with the namespace.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
}

/// <summary>The network namespace that a hook runs in.</summary>
public enum HookPlace
{
    /// <summary>The one that wgns makes: what a hook does there cannot leave but by the tunnel.</summary>
    Namespace,

    /// <summary>The one that wgns was started in.</summary>
    Host,
}
