using System.Collections.Immutable;
using System.Text;
using Wgns.Confinement;

namespace Wgns.Systemd;

/// <summary>How a unit is attached to a namespace.</summary>
/// <param name="Joins">By JoinsNamespaceOf= and PrivateNetwork=, and not by the path of the netns.</param>
/// <param name="Follows">Whether it stops and starts with the tunnel.</param>
public sealed record Attachment(bool Joins = false, bool Follows = false);

/// <summary>The drop-ins that confine a service, or a socket, that somebody else wrote.</summary>
public static class ConfineUnits
{
    /// <summary>After every other: `systemctl edit` writes override.conf, and a list that is begun anew there would take ours away.</summary>
    public const string FileName = "zz-wgns.conf";

    public static ImmutableArray<UnitFile> Of(ConfinedView view, UnitProperties unit, Attachment how)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentNullException.ThrowIfNull(how);
        var tunnel = UnitName.TunnelOf(view.Name);
        var dropIn = new UnitFile($"{unit.Unit}.d", FileName, view.Name, unit.Unit, Body(view, unit, how));
        return how.Follows
            ? [dropIn, new UnitFile($"{tunnel}.d", $"50-wgns-{unit.Unit}.conf", view.Name, unit.Unit, $"""
                [Unit]
                # Starting the tunnel starts it again.
                Wants={unit.Unit}

                """)]
            : [dropIn];
    }

    private static string Body(ConfinedView view, UnitProperties unit, Attachment how)
    {
        var isSocket = unit.Unit.EndsWith(".socket", StringComparison.Ordinal);
        var (netns, tunnel, etc) = (UnitName.NetnsOf(view.Name), UnitName.TunnelOf(view.Name), UnitName.EtcOf(view.Name));
        var text = new StringBuilder();
        text.Append("[Unit]\n# Inside the namespace or not at all: it starts after it, and stops with it.\n");
        text.Append($"BindsTo={netns}\nAfter={netns}\n");
        if (how.Joins)
        {
            text.Append($"JoinsNamespaceOf={netns}\n");
        }

        text.Append(how.Follows
            ? $"# It stops and restarts with the tunnel.\nBindsTo={tunnel}\nAfter={tunnel}\n"
            : unit.IsEarly
            ? $"# Without the tunnel it runs on, with no way out. Not after it, which waits for what this comes before.\nWants={tunnel}\n"
            : $"# Without the tunnel it runs on, with no way out.\nWants={tunnel}\nAfter={tunnel}\n");
        if (isSocket)
        {
            text.Append("# A socket comes before basic.target by itself, and the namespace after it.\nDefaultDependencies=no\n");
            text.Append("Requires=sysinit.target\nAfter=sysinit.target\nConflicts=shutdown.target\nBefore=shutdown.target\n");
            text.Append("\n[Socket]\n");
            text.Append(how.Joins ? "PrivateNetwork=yes\n" : $"NetworkNamespacePath={UnitText.Path(view.Netns)}\n");
            return text.ToString();
        }

        text.Append($"# Puts the /etc below together, anew for each start.\nRequires={etc}\nAfter={etc}\n\n[Service]\n");
        foreach (var directive in UnitDirectives.Of(view, unit, how.Joins))
        {
            text.Append(directive.Comment is { } comment ? $"# {comment}\n" : string.Empty);
            text.Append(directive.Key).Append('=').Append(directive.Value).Append('\n');
        }

        return text.ToString();
    }
}
