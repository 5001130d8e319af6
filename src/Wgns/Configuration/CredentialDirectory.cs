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
        // As libsystemd takes it: systemd sets no other.
        var own = environment("CREDENTIALS_DIRECTORY") is ['/', ..] set && Path.GetFullPath(set) == set ? set : null;
        var main = int.TryParse(environment("MAINPID"), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 0
            ? $"/proc/{pid}/root{own ?? ofUnit}"
            : null;
        return new CredentialDirectory(main is not null && !exists(own ?? ofUnit) ? main : own, unit, ofUnit);
    }

    /// <summary>What a reload cannot do for keys that are credentials; null where there are none.</summary>
    public static string? NoteFor(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return NoteFor(config, Of(config.Name));
    }

    internal static string? NoteFor(NamespaceConfig config, CredentialDirectory places)
    {
        var credentials = config.Interfaces.SelectMany(i => i.Peers.Select(p => p.PresharedKey).Prepend(i.PrivateKey)).OfType<KeySource.Credential>().ToList();
        if (credentials.Count == 0)
        {
            return null;
        }

        var isAnother = places.Own is not null && places.OwnUnit != places.Unit && credentials.Exists(c => File.Exists(Path.Combine(places.Own, c.Name)));
        return $"credentials load when the unit starts: a changed key takes `systemctl restart {(isAnother ? places.OwnUnit : places.Unit)}`";
    }

    /// <summary>The unit of <see cref="Own"/>, which is named after it; another than <see cref="Unit"/> where one of somebody's own runs wgns, or a login's.</summary>
    private string OwnUnit => Path.GetFileName(Own) is { } name && name.EndsWith(".service", StringComparison.Ordinal) ? name : Unit;

    /// <summary>The credential's file; null, with the reason and the cure in the diagnostics, where there is none.</summary>
    /// <param name="option">The configuration's key that names the credential.</param>
    public KeySource.File? Find(KeySource.Credential credential, string option, List<Diagnostic> diagnostics)
    {
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentNullException.ThrowIfNull(diagnostics);
        var isDenied = false;
        foreach (var directory in ((string?[])[Own, OfUnit]).OfType<string>().Distinct())
        {
            var path = Path.Combine(directory, credential.Name);
            if (File.Exists(path))
            {
                return new KeySource.File(path, credential.Span);
            }

            isDenied |= IsDenied(path);
        }

        diagnostics.Add(isDenied ? Denied(credential, option) : Missing(credential, option));
        return null;
    }

    // A unit's directory is root's and its user's alone, and what is in it is then not there to anybody else.
    private static bool IsDenied(string path)
    {
        try
        {
            _ = File.GetAttributes(path);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Diagnostic Denied(KeySource.Credential credential, string option) => Diagnostic.Error(
        credential.Span,
        $"{option} is the credential \"{credential.Name}\" of {(Own is null ? Unit : OwnUnit)}, which cannot be read: permission denied",
        "run as root, or `wgns check --no-secrets` to leave keys out");

    private Diagnostic Missing(KeySource.Credential credential, string option)
    {
        var load = $"LoadCredential={credential.Name}:/etc/wgns/{credential.Name}.key";
        return Own is null
            ? Diagnostic.Error(
                credential.Span,
                $"{option} is the credential \"{credential.Name}\", which only {Unit} has, and it does not run with it",
                $"`systemctl restart {Unit}` with {load} in it; of a unit with another name, CREDENTIALS_DIRECTORY=/run/credentials/UNIT before "
                + "the command; or `wgns check --no-secrets` to leave keys out")
            : OwnUnit == Unit
            ? Diagnostic.Error(
                credential.Span,
                $"{option}: the running unit has no credential \"{credential.Name}\"",
                $"add {load} by `systemctl edit {Unit}`, and restart it: credentials load at start only")
            : Diagnostic.Error(
                credential.Span,
                $"{option}: neither {OwnUnit}, whose credentials this command has (CREDENTIALS_DIRECTORY), nor {Unit} has the credential \"{credential.Name}\"",
                $"add {load} to the one that is to have it, by `systemctl edit`, and restart it: credentials load at start only");
    }
}
