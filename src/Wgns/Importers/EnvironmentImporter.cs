using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Linux;
using Wgns.Toml;

namespace Wgns.Importers;

/// <summary>The environment file of namespaced-wireguard-vpn.</summary>
internal static class EnvironmentImporter
{
    private static readonly string[] Psk = ["WIREGUARD_VPN_PRESHARED_KEY", "WIREGUARD_VPN_PPRESHARED_KEY"];

    private static readonly string[] Known =
    [
        "NETNS_NAME", "WIREGUARD_NAME", "WIREGUARD_PRIVATE_KEY", "WIREGUARD_ENDPOINT", "WIREGUARD_VPN_PUBLIC_KEY", .. Psk,
        "WIREGUARD_ALLOWED_IPS", "WIREGUARD_IP_ADDRESSES", "WIREGUARD_INITIAL_MTU", "TUNNEL_ENABLE", "TUNNEL_INIT_NAME",
        "TUNNEL_INIT_IP_ADDRESSES", "TUNNEL_VPN_NAME", "TUNNEL_VPN_IP_ADDRESSES",
    ];

    internal static void Read(Draft draft)
    {
        var all = EnvironmentFile.Read(draft);
        draft.PublicKeys.UnionWith(all.Where(v => v.Name == "WIREGUARD_VPN_PUBLIC_KEY").Select(v => v.Value));
        var variables = new Dictionary<string, EnvironmentVariable>();
        foreach (var variable in all)
        {
            if (!Known.Contains(variable.Name))
            {
                draft.Leave(variable.Comments);
                Unknown(draft, variable);
            }
            else if (variables.TryGetValue(variable.Name, out var earlier))
            {
                draft.Note(earlier.NameSpan, $"{variable.Name} is there more than once", $"the last one counts, at line {variable.NameSpan.Line}, as with systemd");
            }

            variables[variable.Name] = variable;
        }

        var name = Get(variables, "NETNS_NAME");
        draft.SetName(name?.Value, name?.ValueSpan ?? draft.Whole, name?.Comments ?? []);
        if (Get(variables, "WIREGUARD_NAME") is { } ifname && ifname.Value != draft.Name)
        {
            draft.Set(draft.Root, "interfaceName", draft.Text(ifname.Value, ifname.ValueSpan), ifname.Comments);
        }

        // The format has none; the reader says what that means.
        draft.Set(
            draft.Root, "dns_server", new TomlArray(draft.Whole),
            "The imported file has no name servers: put in the provider's.",
            $"Files of your own in /etc/netns/{draft.Name} are used as they are with dnsFiles = \"keep\".");
        List(draft, draft.Root, "ips", Get(variables, "WIREGUARD_IP_ADDRESSES"), "WIREGUARD_IP_ADDRESSES");
        PrivateKey(draft, variables);
        if (Get(variables, "WIREGUARD_INITIAL_MTU") is { } mtu)
        {
            draft.Set(draft.Root, "mtu", draft.Number(mtu.Value, mtu.Name, mtu.ValueSpan), mtu.Comments);
        }

        Peer(draft, variables);
        Tunnel(draft, variables);
    }

    private static void PrivateKey(Draft draft, Dictionary<string, EnvironmentVariable> variables)
    {
        if (Get(variables, "WIREGUARD_PRIVATE_KEY") is not { } key)
        {
            draft.Error(draft.Whole, "WIREGUARD_PRIVATE_KEY is not set");
            draft.Set(draft.Root, "privateKeyFile", new TomlInvalid(draft.Whole));
            return;
        }

        var file = draft.Key(key.Value, key.Name, key.ValueSpan, string.Empty, "key");
        draft.Set(draft.Root, "privateKeyFile", file ?? new TomlInvalid(key.ValueSpan), key.Comments);
    }

    private static void Peer(Draft draft, Dictionary<string, EnvironmentVariable> variables)
    {
        if (Get(variables, "WIREGUARD_VPN_PUBLIC_KEY") is not { } key)
        {
            draft.Error(draft.Whole, "WIREGUARD_VPN_PUBLIC_KEY is not set");
            return;
        }

        var table = Draft.NewTable(draft.Root, "peers", key.NameSpan);
        draft.Set(table, "publicKey", draft.Text(key.Value, key.ValueSpan), key.Comments);

        // The scripts read the one spelling, and their documentation has the other.
        if (Psk.Select(p => Get(variables, p)).OfType<EnvironmentVariable>().ToList() is [var psk, ..] && psk.Value != "-")
        {
            var file = draft.Key(psk.Value, psk.Name, psk.ValueSpan, "-peer1", "psk");
            draft.Set(table, "presharedKeyFile", file ?? new TomlInvalid(psk.ValueSpan), psk.Comments);
        }

        if (Get(variables, "WIREGUARD_ENDPOINT") is { } endpoint)
        {
            draft.Set(table, "endpoint", draft.Text(endpoint.Value, endpoint.ValueSpan), endpoint.Comments);
        }

        List(draft, table, "allowedIPs", Get(variables, "WIREGUARD_ALLOWED_IPS"), "WIREGUARD_ALLOWED_IPS");
    }

    /// <summary>The pair of links between host and namespace. Theirs lets everything pass, so what ours does not is said.</summary>
    private static void Tunnel(Draft draft, Dictionary<string, EnvironmentVariable> variables)
    {
        var tunnel = variables.Values.Where(v => v.Name.StartsWith("TUNNEL_", StringComparison.Ordinal) && Known.Contains(v.Name)).ToList();
        if (tunnel.Count == 0)
        {
            return;
        }

        if (Get(variables, "TUNNEL_ENABLE") is { Value: "0" })
        {
            foreach (var variable in tunnel)
            {
                draft.Leave(variable.Comments);
                draft.Note(variable.NameSpan, $"{variable.Name}={variable.Value}", "left out: the link is off");
            }

            return;
        }

        var link = new TomlTable(tunnel[0].NameSpan, TomlTableOrigin.Header, 1);
        draft.Leave(Get(variables, "TUNNEL_ENABLE")?.Comments ?? []);
        Name(draft, link, "hostInterface", Get(variables, "TUNNEL_INIT_NAME"));
        Addresses(draft, link, "hostAddresses", Get(variables, "TUNNEL_INIT_IP_ADDRESSES"));
        Name(draft, link, "nsInterface", Get(variables, "TUNNEL_VPN_NAME"));
        Addresses(draft, link, "nsAddresses", Get(variables, "TUNNEL_VPN_IP_ADDRESSES"));
        draft.Set(
            draft.Root, "hostLink", link,
            "The host reaches by it what [[publish]] says, and gets its answers. Nothing else passes: list the ports of your services, like",
            "publish = [{ listen = \"127.0.0.1:9091\", connect = 9091 }]");
        draft.Note(
            tunnel[0].NameSpan,
            "the link to the host, by which either end could begin anything",
            "[hostLink]: the host begins, with ports of [[publish]] alone, each of which is to be listed");
    }

    private static void Name(Draft draft, TomlTable link, string key, EnvironmentVariable? variable)
    {
        if (variable is not null)
        {
            draft.Set(link, key, draft.Text(variable.Value, variable.ValueSpan), variable.Comments);
        }
    }

    private static void Addresses(Draft draft, TomlTable link, string key, EnvironmentVariable? variable)
    {
        if (variable is not null)
        {
            List(draft, link, key, variable, variable.Name);
        }
    }

    private static void Unknown(Draft draft, EnvironmentVariable variable)
    {
        var isTheirs = ((string[])["WIREGUARD_", "NETNS_", "TUNNEL_"]).Any(p => variable.Name.StartsWith(p, StringComparison.Ordinal));
        var meant = isTheirs ? Suggestion.For(variable.Name, Known) : null;
        if (meant is not null)
        {
            draft.Error(variable.NameSpan, $"namespaced-wireguard-vpn has no {variable.Name}", $"did you mean {meant}?");
        }
        else
        {
            draft.Note(variable.NameSpan, draft.Redacted(variable.Name), "left out: namespaced-wireguard-vpn has no such variable");
        }
    }

    private static void List(Draft draft, TomlTable table, string key, EnvironmentVariable? variable, string name)
    {
        if (variable is null)
        {
            draft.Error(draft.Whole, $"{name} is not set");
            draft.Set(table, key, new TomlInvalid(draft.Whole));
            return;
        }

        var words = variable.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        // As numbers have it, ::0/0 is ::/0; anything else is left for the reader to judge.
        var items = words.Select(w => (Cidr.TryParse(w, out var cidr) ? cidr.Value.ToString() : w, variable.ValueSpan));
        draft.SetList(table, key, items, variable.ValueSpan, variable.Comments);
    }

    /// <summary>Null also where it is set to nothing.</summary>
    private static EnvironmentVariable? Get(Dictionary<string, EnvironmentVariable> variables, string name) =>
        variables.GetValueOrDefault(name) is { Value.Length: > 0 } variable ? variable : null;
}
