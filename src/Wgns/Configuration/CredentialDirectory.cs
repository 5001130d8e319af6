using Wgns.Diagnostics;

namespace Wgns.Configuration;

/// <summary>Where a unit's credentials are: systemd.exec(5), "Credentials".</summary>
/// <param name="Own">$CREDENTIALS_DIRECTORY; null outside a unit that has credentials.</param>
/// <param name="Unit">The namespace's own unit.</param>
/// <param name="OfUnit">The directory of that unit's credentials while it runs, there or not.</param>
public sealed record CredentialDirectory(string? Own, string Unit, string OfUnit)
{
    /// <summary>The places for a namespace on this machine.</summary>
    public static CredentialDirectory Of(string name)
    {
        var unit = $"wgns@{name}.service";
        var own = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY");
        return new CredentialDirectory(string.IsNullOrEmpty(own) ? null : own, unit, $"/run/credentials/{unit}");
    }

    /// <summary>What a reload cannot do for keys that are credentials; null where there are none.</summary>
    public static string? NoteFor(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var sources = config.Interfaces.SelectMany(i => i.Peers.Select(p => p.PresharedKey).Prepend(i.PrivateKey));
        return sources.Any(s => s is KeySource.Credential)
            ? $"credentials load when the unit starts: a changed key takes `systemctl restart wgns@{config.Name}.service`"
            : null;
    }

    /// <summary>The credential's file; null, with the reason and the cure in the diagnostics, where there is none.</summary>
    /// <param name="option">The configuration's key that names the credential.</param>
    public KeySource.File? Find(KeySource.Credential credential, string option, List<Diagnostic> diagnostics)
    {
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentNullException.ThrowIfNull(diagnostics);
        var path = Path.Combine(Own ?? OfUnit, credential.Name);
        if (File.Exists(path))
        {
            return new KeySource.File(path, credential.Span);
        }

        var load = $"LoadCredential={credential.Name}:/etc/wgns/{credential.Name}.key";
        diagnostics.Add(Own is not null
            ? Diagnostic.Error(
                credential.Span,
                $"{option}: the running unit has no credential \"{credential.Name}\"",
                $"add {load} by `systemctl edit {Unit}`, and restart it: credentials load at start only")
            : Diagnostic.Error(
                credential.Span,
                $"{option} is the credential \"{credential.Name}\", which only {Unit} has, and it does not run with it",
                $"`systemctl start {Unit}` with {load} in it, or `wgns check --no-secrets` to leave keys out"));
        return null;
    }
}
