using System.Globalization;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Toml;

namespace Wgns.Importers;

/// <summary>Profiles of wg-netns: what its README describes, and what its program takes besides.</summary>
internal static class WgNetnsImporter
{
    private static readonly (string Theirs, string Ours)[] HookKeys =
        [("pre-up", "preUp"), ("post-up", "postUp"), ("pre-down", "preDown"), ("post-down", "postDown")];

    private static readonly string[] Keys = ["name", "base-netns", "managed", "dns-server", "interfaces", .. HookKeys.Select(h => h.Theirs)];

    /// <summary>False, with the reason said, where it is no profile.</summary>
    internal static bool Read(Draft draft)
    {
        var isJson = draft.Source.Name.EndsWith(".json", StringComparison.Ordinal)
            || (draft.Source.Text.TrimStart().StartsWith('{')
                && !draft.Source.Name.EndsWith(".yaml", StringComparison.Ordinal)
                && !draft.Source.Name.EndsWith(".yml", StringComparison.Ordinal));
        var node = isJson ? JsonProfile.Read(draft) : YamlProfile.Read(draft);
        if (node is not ProfileMap map)
        {
            if (node is not null)
            {
                draft.Error(node.Span, $"the profile is {node.Describe()}; it must be a mapping", "a profile of wg-netns has the keys name and interfaces");
            }

            return false;
        }

        if (AnotherFormat(map) is { } place)
        {
            draft.Error(
                place,
                $"this is not a wg-netns profile: it has none of its keys ({string.Join(", ", Keys)})",
                map.Entries.Any(e => e.Key == "services")
                    ? "it looks like a compose file: how its containers come into a namespace is in docs/CONTAINERS.md; "
                        + "a profile has the key interfaces, and what a provider hands out is most often a .conf"
                    : "a profile has the key interfaces; the file that a provider hands out is most often a .conf of wg-quick");
            return false;
        }

        CollectPublicKeys(draft, map, 0);
        for (var line = 0; !isJson && line < draft.Source.LineCount; line++)
        {
            var (start, length) = draft.Source.Line(line);
            if (draft.Source.Text.AsSpan(start, length).Trim() is ['#', .. var comment])
            {
                draft.Leave([comment.Trim().ToString()]);
            }
        }

        var table = new ProfileTable(draft, map, "a profile", Keys);
        Namespace(draft, table);
        foreach (var (theirs, ours) in HookKeys)
        {
            Hooks(draft, table, theirs, ours);
        }

        var interfaces = table.Maps("interfaces").ToList();
        var number = 0;
        foreach (var item in interfaces)
        {
            var owner = interfaces.Count == 1 ? draft.Root : Draft.NewTable(draft.Root, "interfaces", item.Span);
            Interface(draft, item, owner, ++number, interfaces.Count > 1);
        }

        return true;
    }

    /// <summary>
    /// Where it begins to be something else that came by its ending: a "name" is in many a format. Null where there is a key of a
    /// profile's, or one that is near enough to be meant.
    /// </summary>
    private static SourceSpan? AnotherFormat(ProfileMap map)
    {
        var others = map.Entries.Where(e => e.Key != "name").ToList();
        return others.Exists(e => Suggestion.For(e.Key, Keys) is not null) ? null
            : others.Count > 0 ? others[0].KeySpan
            : map.Entries.Count == 0 ? map.Span
            : null;
    }

    private static void Namespace(Draft draft, ProfileTable table)
    {
        var name = table.Scalar("name");
        draft.SetName(name?.Text, name?.Span ?? draft.Whole);
        if (name is null && table.Has("name"))
        {
            draft.Note(
                table.KeySpanOf("name"), "name: null, which is the machine's own namespace", $"a namespace {draft.Name} is made: wgns sets up no tunnel for the whole machine");
        }

        if (table.Scalar("base-netns") is { } birthplace)
        {
            draft.Set(draft.Root, "birthplaceNamespace", draft.Text(birthplace.Text, birthplace.Span), "The encrypted packets go out of this namespace.");
        }

        if (!table.Boolean("managed", fallback: true))
        {
            draft.Set(draft.Root, "managed", new TomlBoolean(table.KeySpanOf("managed"), false), "Somebody else makes the namespace, and keeps it.");
        }

        draft.SetList(
            draft.Root, "dns_server", table.Words("dns-server") ?? [], table.Has("dns-server") ? table.KeySpanOf("dns-server") : draft.Whole,
            table.Words("dns-server") is null or [] ? ["Without servers wg-netns asks the machine's, outside the tunnel; wgns never does."] : []);
    }

    private static void Hooks(Draft draft, ProfileTable table, string theirs, string ours)
    {
        switch (table.Get(theirs))
        {
            case null:
                break;
            case ProfileScalar one:
                draft.AddHook(new DraftHook(ours, theirs, one.Text, null, one.Span));
                break;
            default:
                foreach (var item in table.Maps(theirs))
                {
                    var hook = new ProfileTable(draft, item, "a hook", "command", "host-namespace");
                    if (hook.Scalar("command") is { } command)
                    {
                        HookPlace? place = !hook.Has("host-namespace") ? null
                            : hook.Boolean("host-namespace", fallback: false) ? HookPlace.Host
                            : HookPlace.Namespace;
                        draft.AddHook(new DraftHook(ours, theirs, command.Text, place, command.Span));
                    }
                    else
                    {
                        draft.Error(hook.Span, $"a hook of {theirs} has no command");
                    }
                }

                break;
        }
    }

    private static void Interface(Draft draft, ProfileMap map, TomlTable owner, int number, bool isOneOfMany)
    {
        var table = new ProfileTable(
            draft, map, "an interface", "name", "private-key", "public-key", "address", "listen-port", "fwmark", "mtu", "peers");
        var name = table.Scalar("name");
        if (name is null)
        {
            draft.Error(map.Span, "an interface has no name");
        }

        var ifname = name?.Text ?? string.Empty;
        if (name is not null && (isOneOfMany || ifname != draft.Name))
        {
            draft.Set(owner, "interfaceName", draft.Text(ifname, name.Span));
        }
        else if (name is null)
        {
            draft.Set(owner, "interfaceName", new TomlInvalid(map.Span));
        }

        var suffix = isOneOfMany ? $"-{Suffix(ifname, number)}" : string.Empty;
        draft.SetList(owner, "ips", table.Words("address") ?? [], table.Has("address") ? table.KeySpanOf("address") : map.Span);
        PrivateKey(draft, table, owner, ifname, suffix);
        Number(draft, table, owner, "listen-port", "listenPort");
        Number(draft, table, owner, "mtu", "mtu");
        if (table.Scalar("fwmark") is { } mark && mark.Text is not ("0" or "off") && mark.Boolean is null)
        {
            draft.Set(owner, "fwMark", draft.Mark(mark.Text, mark.Span));
        }

        if (table.Scalar("public-key") is { } key)
        {
            draft.Note(key.Span, "public-key of an interface", "left out: it follows from the private key");
        }

        var peer = 0;
        foreach (var item in table.Maps("peers"))
        {
            Peer(draft, item, owner, $"{suffix}-peer{(++peer).ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private static void PrivateKey(Draft draft, ProfileTable table, TomlTable owner, string ifname, string suffix)
    {
        if (table.Scalar("private-key") is { } key)
        {
            draft.Set(owner, "privateKeyFile", draft.Key(key.Text, "private-key", key.Span, suffix, "key") ?? new TomlInvalid(key.Span));
        }
        else if (draft.KeyFileOfHook(ifname) is { } path)
        {
            draft.Set(owner, "privateKeyFile", path);
        }
        else
        {
            var name = draft.KeyFileName(suffix);
            draft.Note(table.Span, $"interface {ifname} has no private-key", $"privateKeyFile = \"{name}\", into which it has to be put");
            draft.Set(owner, "privateKeyFile", draft.Text(name, table.Span), "Not in the imported file: put the key here, readable by root alone.");
        }
    }

    private static void Peer(Draft draft, ProfileMap map, TomlTable owner, string suffix)
    {
        var table = new ProfileTable(
            draft, map, "a peer", "public-key", "preshared-key", "name", "endpoint", "persistent-keepalive", "allowed-ips", "routes");
        var peer = Draft.NewTable(owner, "peers", map.Span);
        if (table.Scalar("name") is { } name)
        {
            draft.Comment(peer, name.Text);
        }

        if (table.Scalar("public-key") is { } key)
        {
            draft.Set(peer, "publicKey", draft.Text(key.Text, key.Span));
        }

        if (table.Scalar("preshared-key") is { Text.Length: > 0 } psk)
        {
            draft.Set(peer, "presharedKeyFile", draft.Key(psk.Text, "preshared-key", psk.Span, suffix, "psk") ?? new TomlInvalid(psk.Span));
        }

        if (table.Scalar("endpoint") is { Text.Length: > 0 } endpoint)
        {
            draft.Set(peer, "endpoint", draft.Text(endpoint.Text, endpoint.Span));
        }

        draft.SetList(peer, "allowedIPs", table.Words("allowed-ips") ?? [], table.Has("allowed-ips") ? table.KeySpanOf("allowed-ips") : map.Span);
        if (table.Words("routes") is { } routes)
        {
            draft.SetList(peer, "routes", routes, table.KeySpanOf("routes"));
        }

        if (table.Scalar("persistent-keepalive") is not { Boolean: false })
        {
            Number(draft, table, peer, "persistent-keepalive", "persistentKeepalive");
        }
    }

    /// <summary>0 is how wg(8) says that there is none.</summary>
    private static void Number(Draft draft, ProfileTable table, TomlTable owner, string theirs, string ours)
    {
        if (table.Scalar(theirs) is { } scalar && !(scalar.Text == "0" && theirs != "mtu"))
        {
            draft.Set(owner, ours, draft.Number(scalar.Text, theirs, scalar.Span));
        }
    }

    /// <summary>An interface's name where it can be part of a file's.</summary>
    private static string Suffix(string ifname, int number) =>
        Names.NamespaceProblem(ifname) is null ? ifname : number.ToString(CultureInfo.InvariantCulture);

    // Before anything is reported: a public key may be shown, whatever else looks like a key may not.
    private static void CollectPublicKeys(Draft draft, ProfileNode node, int level)
    {
        if (level > 8)
        {
            return;
        }

        foreach (var (key, _, value) in (node as ProfileMap)?.Entries ?? [])
        {
            if (key.Replace('_', '-') == "public-key" && value is ProfileScalar scalar)
            {
                draft.PublicKeys.Add(scalar.Text);
            }
            else if (key is "interfaces" or "peers" && value is ProfileList list)
            {
                foreach (var item in list.Items)
                {
                    CollectPublicKeys(draft, item, level + 1);
                }
            }
        }
    }
}
