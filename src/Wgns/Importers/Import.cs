using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Linux.WireGuard;

namespace Wgns.Importers;

/// <summary>What the user says about an import, besides the file.</summary>
/// <param name="Target">
/// Absolute path of the configuration that it is to become; its stem is the namespace's name where neither the user nor the
/// file gives one. Null where none is written: then the file's own path stands for it.
/// </param>
/// <param name="Name">The namespace's name; null takes that of the file.</param>
/// <param name="Hooks">Where hooks run that do not say it themselves; null makes comments of all of them.</param>
public sealed record ImportOptions(string? Target = null, string? Name = null, HookPlace? Hooks = null);

/// <summary>Something that wgns does otherwise.</summary>
/// <param name="What">What stands in the foreign file, without a key.</param>
/// <param name="Instead">What became of it.</param>
public sealed record ImportNote(SourceSpan Span, string What, string Instead)
{
    public override string ToString() => $"{Span}: {What}: {Instead}";
}

/// <summary>A secret key on its way into a file of its own.</summary>
/// <param name="File">The file's name, beside the configuration.</param>
public sealed record ImportedKey(string File, SecretKey Key);

/// <summary>A foreign description as one of ours.</summary>
/// <param name="Config">With keys in it and not in files, for an `up` without writing anything.</param>
/// <param name="Toml">The same in TOML, where keys are the names of <paramref name="Keys"/>; empty where there are errors.</param>
/// <param name="Notes">In the order of the file.</param>
public sealed record Import(
    NamespaceConfig Config,
    string Toml,
    ImmutableArray<ImportedKey> Keys,
    ImmutableArray<ImportNote> Notes,
    ImmutableArray<Diagnostic> Diagnostics) : IDisposable
{
    public bool HasErrors => Diagnostics.Any(d => d.Severity == Severity.Error);

    /// <summary>Wipes the keys, those in <see cref="Config"/> too.</summary>
    public void Dispose()
    {
        foreach (var key in Keys)
        {
            key.Key.Dispose();
        }
    }
}
