using System.Globalization;
using Wgns.Diagnostics;

namespace Wgns.Configuration;

/// <summary>Where a unit's credentials are: systemd.exec(5), "Credentials".</summary>
/// <param name="Own">$CREDENTIALS_DIRECTORY; null outside a unit that has credentials.</param>
/// <param name="Unit">The namespace's own unit.</param>
/// <param name="OfUnit">The directory of that unit's credentials while it runs, there or not.</param>
public sealed record CredentialDirectory(string? Own, string Unit, string OfUnit)
{
    /// <summary>The places for a namespace on this machine.</summary>
    public static CredentialDirectory Of(string name) => Of(name, Environment.GetEnvironmentVariable, Directory.Exists);

    /// <param name="environment">A variable's value, or null.</param>
    /// <param name="exists">Whether there is such a directory.</param>
    /// <remarks>
    /// systemd sets a unit's credentials up for what starts it, and hides them from its ExecReload=. The main process has
    /// them, is named by $MAINPID (systemd.exec(5)), and has no more capabilities than we: its /proc/PID/root is open to us.
    /// </remarks>
    internal static CredentialDirectory Of(string name, Func<string, string?> environment, Func<string, bool> exists)
    {
        var unit = $"wgns@{name}.service";
        var ofUnit = $"/run/credentials/{unit}";
        var own = environment("CREDENTIALS_DIRECTORY") is { Length: > 0 } set ? set : null;
        var main = int.TryParse(environment("MAINPID"), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 0
            ? $"/proc/{pid}/root{own ?? ofUnit}"
            : null;
        return new CredentialDirectory(main is not null && !exists(own ?? ofUnit) ? main : own, unit, ofUnit);
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
