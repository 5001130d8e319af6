using System.Globalization;
using System.Text.RegularExpressions;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Toml;

namespace Wgns.Importers;

/// <summary>Files of wg-quick(8), by its man page and wg(8)'s.</summary>
internal static partial class WgQuickImporter
{
    private const string Several = "the last one counts, as with wg-quick";

    internal static void Read(Draft draft)
    {
        var sections = WgQuickFile.Read(draft);
        draft.PublicKeys.UnionWith(sections.SelectMany(s => s.All("PublicKey")).Select(e => e.Value));
        draft.SetName(null, draft.Whole);
        if (!sections.Exists(s => !s.IsPeer))
        {
            draft.Error(draft.Whole, "there is no [Interface]", "a file of wg-quick has one, with PrivateKey and Address");
            return;
        }

        // wg goes on with the one interface where a second header stands.
        draft.Leave(sections.Where(s => !s.IsPeer).SelectMany(s => s.Comments));
        var entries = sections.Where(s => !s.IsPeer).SelectMany(s => s.Entries).ToList();
        var own = new WgQuickSection(false, sections.First(s => !s.IsPeer).Span, []);
        own.Entries.AddRange(entries);
        var ifname = Ifname(draft);
        Dns(draft, own);
        Hooks(draft, own, ifname);
        Addresses(draft, own);
        PrivateKey(draft, own, ifname);
        Rest(draft, own);
        var number = 0;
        foreach (var section in sections.Where(s => s.IsPeer))
        {
            Peer(draft, section, ++number);
        }
    }

    /// <summary>The interface is named after the file; a provider's may have a name that no link can have.</summary>
    private static string Ifname(Draft draft)
    {
        var stem = Path.GetFileNameWithoutExtension(draft.Source.Name);
        var name = Names.IfnameProblem(stem) is null ? stem : "wg0";
        if (name != stem)
        {
            draft.Note(draft.Whole, $"the file's name {stem}, which no interface can have", $"interfaceName = \"{name}\"");
        }

        if (name != draft.Name)
        {
            draft.Set(draft.Root, "interfaceName", draft.Text(name, draft.Whole));
        }

        return name;
    }

    private static void Dns(Draft draft, WgQuickSection own)
    {
        var servers = new List<(string, SourceSpan)>();
        var domains = new List<(string, SourceSpan)>();
        var comments = new List<string>();
        foreach (var entry in own.All("DNS"))
        {
            comments.AddRange(entry.Comments);
            foreach (var word in Words(draft, entry))
            {
                (IsAddress().IsMatch(word.Text) ? servers : domains).Add(word);
            }
        }

        // Said by the reader, at the file: nothing inside can look up a name.
        draft.SetList(draft.Root, "dns_server", servers, own.All("DNS").FirstOrDefault()?.ValueSpan ?? draft.Whole, comments);
        if (domains.Count > 0)
        {
            draft.SetList(draft.Root, "dnsSearch", domains, domains[0].Item2);
        }
    }

    private static void Hooks(Draft draft, WgQuickSection own, string ifname)
    {
        foreach (var entry in own.Entries)
        {
            var key = entry.Key switch
            {
                "PreUp" => "preUp",
                "PostUp" => "postUp",
                "PreDown" => "preDown",
                "PostDown" => "postDown",
                _ => null,
            };
            if (key is not null && entry.Value.Length > 0)
            {
                draft.Leave(entry.Comments);
                draft.AddHook(new DraftHook(key, entry.Key, entry.Value.Replace("%i", ifname, StringComparison.Ordinal), null, entry.ValueSpan));
            }
        }
    }

    private static void Addresses(Draft draft, WgQuickSection own)
    {
        var all = own.All("Address").ToList();
        draft.SetList(
            draft.Root, "ips", all.SelectMany(e => Words(draft, e)), all.Count > 0 ? all[0].ValueSpan : own.Span, all.SelectMany(e => e.Comments));
    }

    private static void PrivateKey(Draft draft, WgQuickSection own, string ifname)
    {
        if (Last(draft, own, "PrivateKey") is { } entry)
        {
            if (draft.Key(entry.Value, "PrivateKey", entry.ValueSpan, string.Empty, "key") is { } file)
            {
                draft.Set(draft.Root, "privateKeyFile", file, entry.Comments);
            }
            else
            {
                draft.Set(draft.Root, "privateKeyFile", new TomlInvalid(entry.ValueSpan));
            }

            return;
        }

        if (draft.KeyFileOfHook(ifname) is { } path)
        {
            draft.Set(draft.Root, "privateKeyFile", path);
            return;
        }

        var name = draft.KeyFileName(string.Empty);
        draft.Note(own.Span, "there is no PrivateKey", $"privateKeyFile = \"{name}\", into which it has to be put");
        draft.Set(draft.Root, "privateKeyFile", draft.Text(name, own.Span), "Not in the imported file: put the key here, readable by root alone.");
    }

    private static void Rest(Draft draft, WgQuickSection own)
    {
        if (Last(draft, own, "ListenPort") is { Value: not "0" } port)
        {
            draft.Set(draft.Root, "listenPort", draft.Number(port.Value, "ListenPort", port.ValueSpan), port.Comments);
        }

        if (Last(draft, own, "MTU") is { Value.Length: > 0 } mtu)
        {
            draft.Set(draft.Root, "mtu", draft.Number(mtu.Value, "MTU", mtu.ValueSpan), mtu.Comments);
        }

        if (Last(draft, own, "FwMark") is { } mark && !IsOff(mark.Value))
        {
            draft.Set(draft.Root, "fwMark", draft.Mark(mark.Value, mark.ValueSpan), mark.Comments);
        }

        if (Last(draft, own, "Table") is { } table)
        {
            Table(draft, table);
        }

        if (Last(draft, own, "SaveConfig") is { } save)
        {
            draft.Leave(save.Comments);
            if (save.Value.Equals("true", StringComparison.OrdinalIgnoreCase))
            {
                draft.Note(save.KeySpan, "SaveConfig = true", "left out: wgns never writes a configuration back");
            }
            else if (!save.Value.Equals("false", StringComparison.OrdinalIgnoreCase))
            {
                draft.Error(save.ValueSpan, $"SaveConfig is \"{draft.Redacted(save.Value)}\"; it must be true or false");
            }
        }
    }

    private static void Table(Draft draft, WgQuickEntry table)
    {
        if (table.Value.Equals("off", StringComparison.OrdinalIgnoreCase))
        {
            draft.Set(draft.Root, "allowedIPsAsRoutes", new TomlBoolean(table.ValueSpan, false), table.Comments);
            draft.Note(table.KeySpan, "Table = off", "allowedIPsAsRoutes = false: there is no route but those of hooks, or of `routes` in [[peers]]");
        }
        else if (!table.Value.Equals("auto", StringComparison.OrdinalIgnoreCase))
        {
            draft.Leave(table.Comments);
            draft.Note(table.KeySpan, $"Table = {table.Value}", "left out: the namespace has routing tables of its own, and the routes go into its main one");
        }
    }

    private static void Peer(Draft draft, WgQuickSection section, int number)
    {
        var table = Draft.NewTable(draft.Root, "peers", section.Span);
        draft.Comment(table, section.Comments);
        if (Last(draft, section, "PublicKey") is { } key)
        {
            draft.Set(table, "publicKey", draft.Text(key.Value, key.ValueSpan), key.Comments);
        }

        if (Last(draft, section, "PresharedKey") is { Value.Length: > 0 } psk)
        {
            var file = draft.Key(psk.Value, "PresharedKey", psk.ValueSpan, $"-peer{number.ToString(CultureInfo.InvariantCulture)}", "psk");
            draft.Set(table, "presharedKeyFile", file ?? new TomlInvalid(psk.ValueSpan), psk.Comments);
        }

        if (Last(draft, section, "Endpoint") is { } endpoint)
        {
            draft.Set(table, "endpoint", draft.Text(endpoint.Value, endpoint.ValueSpan), endpoint.Comments);
        }

        var allowed = section.All("AllowedIPs").ToList();
        draft.SetList(
            table, "allowedIPs", allowed.SelectMany(e => Words(draft, e)), allowed.Count > 0 ? allowed[0].ValueSpan : section.Span, allowed.SelectMany(e => e.Comments));
        if (Last(draft, section, "PersistentKeepalive") is { } keepalive && !IsOff(keepalive.Value))
        {
            draft.Set(table, "persistentKeepalive", draft.Number(keepalive.Value, "PersistentKeepalive", keepalive.ValueSpan), keepalive.Comments);
        }
    }

    // wg(8) takes it in any case.
    private static bool IsOff(string value) => value == "0" || value.Equals("off", StringComparison.OrdinalIgnoreCase);

    private static WgQuickEntry? Last(Draft draft, WgQuickSection section, string key)
    {
        var all = section.All(key).ToList();
        foreach (var earlier in all.SkipLast(1))
        {
            draft.Leave(earlier.Comments);
            draft.Note(earlier.KeySpan, $"{key} is there {all.Count} times", Several);
        }

        return all.Count == 0 ? null : all[^1];
    }

    /// <summary>What commas and white space part, each with its place.</summary>
    private static IEnumerable<(string Text, SourceSpan Span)> Words(Draft draft, WgQuickEntry entry)
    {
        foreach (var match in Word().Matches(entry.Value).AsEnumerable())
        {
            yield return (match.Value, draft.Source.Span(entry.ValueStart + match.Index, match.Length));
        }
    }

    [GeneratedRegex(@"[^\s,]+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    // As wg-quick tells servers from domains.
    [GeneratedRegex(@"^[0-9.]+$|:", RegexOptions.CultureInvariant)]
    private static partial Regex IsAddress();
}
