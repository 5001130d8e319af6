using System.Collections.Immutable;
using Wgns.Confinement;

namespace Wgns.Systemd;

/// <summary>One assignment in a unit, with the comment that goes before it; null where it belongs to the one above.</summary>
public sealed record Directive(string Key, string Value, string? Comment = null);

/// <summary>A <see cref="ConfinedView"/> as systemd.exec(5) has it: what stands in a service's [Service], in its order.</summary>
/// <remarks>
/// systemd sets mounts up by their paths' length, outermost first, and takes sources from the host's tree: an order here
/// means nothing. Tried on 252 and 257. A path with "-" before it may be missing; one without ends the start.
/// </remarks>
public static class UnitDirectives
{
    /// <summary>Those of the keys whose lists are begun anew by a line without a value (systemd.exec(5)).</summary>
    private static readonly ImmutableArray<string> Lists =
        ["BindPaths", "BindReadOnlyPaths", "TemporaryFileSystem", "RestrictAddressFamilies", "SystemCallFilter"];

    /// <param name="joins">Whether the unit has JoinsNamespaceOf= and not the path of the netns.</param>
    public static ImmutableArray<Directive> Of(ConfinedView view, UnitProperties unit, bool joins)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(unit);
        return
        [
            joins ? new("PrivateNetwork", "yes") : new("NetworkNamespacePath", UnitText.Path(view.Netns)),
            .. UnitBinds.WithoutHosts(unit.Binds, [.. ConfinedView.DnsFiles, .. view.MoreEtc]),
            .. Run(view),
            .. Etc(view),
            .. Families(unit.Families),
            new("SystemCallFilter", "~io_uring_setup:ENOSYS", "By it a socket of any family is made past the line above."),
            .. unit.EndsAtUnlistedCalls
                ? ImmutableArray.Create(new Directive("SystemCallErrorNumber", "ENOSYS", "Taken from a list of what may be called, it would end whoever tries it."))
                : [],
        ];
    }

    /// <summary>What of a text that systemd reads after these directives takes back of them: the first such key; null where nothing does.</summary>
    internal static string? TakenBackBy(string text) =>
        UnitAssignments.OfService(text).FirstOrDefault(line =>
            line is { Key: "NetworkNamespacePath" } or { Key: "PrivateNetwork", Value: "no" or "false" or "off" or "0" } || (line.Value.Length == 0 && Lists.Contains(line.Key))).Key
        ?? UnitBinds.Parse([text]).FirstOrDefault(bind => UnitBinds.WithoutHosts([bind], ConfinedView.DnsFiles).Any())?.Key;

    // To a list of its own another would only add. Without one now it may get one by a drop-in that comes later, before ours.
    private static ImmutableArray<Directive> Families(OwnFamilies own) => own switch
    {
        OwnFamilies.None => [],
        OwnFamilies.Some => [new("RestrictAddressFamilies", "~AF_VSOCK", "No network namespace holds AF_VSOCK.")],
        _ =>
        [
            new("RestrictAddressFamilies", string.Join(' ', ConfinedView.AddressFamilies), "No network namespace holds AF_VSOCK."),
            new("RestrictAddressFamilies", "~AF_VSOCK", "Where another file says what may not be, that line takes from it, and this one adds to it."),
        ],
    };

    private static IEnumerable<Directive> Run(ConfinedView view)
    {
        yield return new(
            "TemporaryFileSystem",
            $"{RunAllowList.Root}:ro {RunAllowList.Lock}:mode=1777",
            "A /run of its own: a socket of the host's daemons is not in it, be it there now or tomorrow. What is:");
        foreach (var path in RunAllowList.For(AllowedTo.Services))
        {
            var elsewhere = path.Inside == path.Path ? string.Empty : $":{UnitText.Path(path.Inside)}";
            yield return new(path.Writable ? "BindPaths" : "BindReadOnlyPaths", $"-{UnitText.Path(path.Path)}{elsewhere}");
        }

        foreach (var path in view.MoreRun)
        {
            yield return new("BindPaths", $"-{UnitText.Path(path)}");
        }
    }

    private static IEnumerable<Directive> Etc(ConfinedView view)
    {
        yield return new(
            "BindReadOnlyPaths",
            $"{UnitText.Path(view.PreparedEtc)}:/etc",
            "/etc as it is when the service starts; whatever then becomes of the host's resolv.conf, here it is the namespace's.");
        var own = view.Paths.EtcNetnsOf(view.Name);
        foreach (var file in ConfinedView.DnsFiles)
        {
            yield return new("BindReadOnlyPaths", $"{UnitText.Path($"{own}/{file}")}:/etc/{file}");
        }

        foreach (var file in view.MoreEtc)
        {
            yield return new("BindReadOnlyPaths", $"-{UnitText.Path($"{own}/{file}")}:{UnitText.Path($"/etc/{file}")}");
        }

        foreach (var directory in view.LiveEtc)
        {
            yield return new("BindPaths", $"-{UnitText.Path(directory)}", directory == view.LiveEtc[0] ? "The host's own, to be written to." : null);
        }
    }
}
