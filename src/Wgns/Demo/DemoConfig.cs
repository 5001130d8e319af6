using Wgns.Linux.WireGuard;

namespace Wgns.Demo;

/// <summary>The client's configuration, written as one would write it by hand.</summary>
internal static class DemoConfig
{
    internal const string Namespace = "wgns-demo";

    internal static string Text(DemoAddresses addresses, string keyFile, WireGuardKey provider)
    {
        var ips = addresses.ClientV6 is { } v6 ? $"\"{addresses.Client}/32\", \"{v6}/128\"" : $"\"{addresses.Client}/32\"";
        var everything = addresses.ClientV6 is null ? "\"0.0.0.0/0\"" : "\"0.0.0.0/0\", \"::/0\"";
        return $"""
            namespace_name = "{Namespace}"

            # Our addresses in the tunnel, as the provider gave them to us.
            ips = [{ips}]

            # Readable by its owner alone.
            privateKeyFile = "{keyFile}"

            # The provider's resolver: programs inside ask it and no other.
            dns_server = "{addresses.Provider}"

            [[peers]]
            publicKey = "{provider}"
            endpoint = "{addresses.Uplink}:{Provider.Port}"
            allowedIPs = [{everything}]

            """;
    }
}
