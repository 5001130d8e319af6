using Wgns.Configuration;
using Wgns.Lifecycle;

namespace Wgns.Supervision;

/// <summary>Changing to another configuration while it runs.</summary>
public sealed partial class Supervisor
{
    /// <param name="hasChanged">Whether something had to be changed for it.</param>
    /// <returns>What is wrong with it, in one line; null where it is in force.</returns>
    private string? TakeNewConfiguration(out bool hasChanged)
    {
        hasChanged = false;
        // Others' changes so far are what this reads the file for; later ones make the run below give way.
        _stamp.Take();
        var next = _parts.Load();
        Outside.Read(next.Diagnostics);
        if (Refusal(next) is { } refusal)
        {
            next.Dispose();
            return refusal;
        }

        var old = _loaded;
        next.Keys!.KeepCredentials(old.Keys!);
        Use(next);
        try
        {
            var result = Converge(EndpointRule.Everything);
            if (result.Report is { Succeeded: true } report)
            {
                Outside.Applied(report);
                hasChanged = result.Changed;
                _problem = null;
                old.Dispose();
                _pace.Looked(Now, hadToAct: false);
                Watch();
                Notice(result.Observed!);
                SayOfCredentials();
                return null;
            }

            if (result.Report is { } failed)
            {
                Outside.Applied(failed);
            }

            Use(old);
            next.Dispose();
            return "the new configuration cannot be applied: the old one stays";
        }
        catch
        {
            Use(old);
            next.Dispose();
            throw;
        }
        finally
        {
            _pace.Told(Now);
        }
    }

    private string? Refusal(LoadedConfig next)
    {
        if (next.HasErrors)
        {
            var first = next.Diagnostics.First(d => d.Severity == Diagnostics.Severity.Error);
            return $"the new configuration is wrong, the old one stays: {first.Span}: {first.Message}";
        }

        return next.Config!.Name != Config.Name
            ? $"the configuration is of {next.Config.Name} now, which takes a restart; {Config.Name} stays as it is"
            : null;
    }

    private void Use(LoadedConfig config)
    {
        _loaded = config;
        _names.Follow(Config, Now);
        LookUpDue();
    }

    /// <summary>systemd gives a unit its credentials when it starts, and not again.</summary>
    private void SayOfCredentials()
    {
        if (CredentialDirectory.NoteFor(Config) is { } note)
        {
            Outside.Say(note);
        }
    }
}
