using System.Collections.Immutable;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>Finds what is not ours and in the way, before anything is touched.</summary>
internal static class Obstacles
{
    internal static ImmutableArray<Obstacle> Of(DesiredState desired, ObservedState observed, bool adopt) =>
        !desired.IsManaged ? [.. SharedPlan.Obstacles(desired, observed, adopt)]
        : adopt
            ?
            [
                .. OfNetns(observed).Where(_ => observed.Netns == NetnsPresence.Foreign),
                .. SharedPlan.NotMade(observed),
                .. LostByHolder(observed),
                .. Directories(desired, observed),
                .. NotFiles(desired, observed),
                .. UnusableLinks(desired, observed),
                .. HostLinkPlan.Obstacles(desired, observed),
            ]
            :
            [
                .. OfNetns(observed),
                .. SharedPlan.NotMade(observed),
                .. LostByHolder(observed),
                .. OfFiles(desired, observed),
                .. Links(desired, observed, observed.Record),
                .. HostLinkPlan.Obstacles(desired, observed),
            ];

    internal static IEnumerable<Obstacle> OfFiles(DesiredState desired, ObservedState observed) =>
        Directories(desired, observed).Concat(NotFiles(desired, observed)).Concat(Files(desired, observed));

    // Another netns of that name would be one that the holder's services are not in.
    private static IEnumerable<Obstacle> LostByHolder(ObservedState observed)
    {
        if (observed.Record is { Holder: { } holder, Netns: not null } && observed.Netns is NetnsPresence.Absent or NetnsPresence.StaleFile)
        {
            yield return new Obstacle(
                $"{holder} holds namespace {observed.Name}, but its name was taken away",
                $"restart {holder}; where that has ended, `wgns release {observed.Name}` takes away what it left");
        }
    }

    internal static IEnumerable<Obstacle> OfNetns(ObservedState observed)
    {
        if (observed.Netns == NetnsPresence.Foreign)
        {
            yield return new Obstacle(
                $"there is something else in the place of namespace {observed.Name}: {observed.ForeignWhat}",
                "wgns leaves it alone; move it away, or choose another namespace_name");
        }
        else if (observed.Netns != NetnsPresence.Absent && !Ownership.OwnsNetns(observed))
        {
            yield return new Obstacle(
                $"namespace {observed.Name} exists already and was not made by wgns",
                $"take it over with `wgns up --adopt`, or remove it with `ip netns delete {observed.Name}`");
        }
    }

    internal static IEnumerable<Obstacle> Directories(DesiredState desired, ObservedState observed) =>
        from path in desired.Directories
        where observed.Files.TryGetValue(path, out var there) && there.Kind != FileKind.Directory
        select new Obstacle($"{path} is not a directory", "wgns follows no symbolic links there; move it away");

    // Whatever the record says: wgns writes plain files, so somebody has put another thing in the place of one.
    internal static IEnumerable<Obstacle> NotFiles(DesiredState desired, ObservedState observed) =>
        from file in desired.Files
        where observed.Files.TryGetValue(file.Path, out var there) && there.Kind != FileKind.Regular
        select new Obstacle(
            $"{file.Path} is not a plain file", "use it as it is with dnsFiles = \"keep\", or move it away");

    private static IEnumerable<Obstacle> Files(DesiredState desired, ObservedState observed) =>
        from file in desired.Files
        where observed.Files.TryGetValue(file.Path, out var there)
            && !Ownership.OwnsFile(observed, file.Path)
            && there.Kind == FileKind.Regular
            && there.Content != file.Content
        select new Obstacle(
            $"{file.Path} was not written by wgns and differs from the configuration",
            "use it as it is with dnsFiles = \"keep\", or move it away");

    /// <param name="record">What says which links are ours; null where none is.</param>
    internal static IEnumerable<Obstacle> Links(DesiredState desired, ObservedState observed, StateRecord? record) =>
        from item in desired.Interfaces
        where observed.Link(item.Ifname) is not null && record?.Interface(item.Ifname) is null
        select new Obstacle(
            $"link {item.Ifname} exists already in namespace {observed.Name} and was not made by wgns",
            InterfacePlan.IsUsable(item, observed)
                ? "set another interfaceName, or take it over with `wgns up --adopt`"
                : $"set another interfaceName, or remove it with `ip -n {observed.Name} link delete {item.Ifname}`");

    internal static IEnumerable<Obstacle> UnusableLinks(DesiredState desired, ObservedState observed) =>
        from item in desired.Interfaces
        let link = observed.Link(item.Ifname)
        where link is not null && observed.Record?.Interface(item.Ifname) is null && !InterfacePlan.IsUsable(item, observed)
        select new Obstacle(
            $"link {item.Ifname} of namespace {observed.Name} cannot be taken over: it is {(link.Kind.Length == 0 ? "of another kind" : $"a {link.Kind} link")}",
            $"set another interfaceName, or remove it with `ip -n {observed.Name} link delete {item.Ifname}`");
}

/// <summary>What the record says is ours.</summary>
internal static class Ownership
{
    /// <summary>A record without an identity is an intent: the crash came before it could be written.</summary>
    internal static bool OwnsNetns(ObservedState observed) =>
        observed.Record is { } record
        && (record.Netns is null || observed.NetnsIdentity is not { } identity || record.IsOf(identity, observed.NetnsCookie));

    /// <summary>Whether a plain file is there; a link in the place of one of ours was put there by somebody else.</summary>
    internal static bool IsRegular(ObservedState observed, string path) =>
        observed.Files.GetValueOrDefault(path) is { Kind: FileKind.Regular };

    /// <summary>The same of a directory.</summary>
    internal static bool IsDirectory(ObservedState observed, string path) =>
        observed.Files.GetValueOrDefault(path) is { Kind: FileKind.Directory };

    internal static bool OwnsFile(ObservedState observed, string path) =>
        observed.Record is { } record && record.Files.Contains(path);
}
