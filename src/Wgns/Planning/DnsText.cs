using System.Text;
using Wgns.Configuration;

namespace Wgns.Planning;

/// <summary>The text of the namespace's resolv.conf(5) and nsswitch.conf(5).</summary>
public static class DnsText
{
    public static string ResolvConf(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var text = new StringBuilder();
        text.Append("# Written by wgns for namespace ").Append(config.Name).Append('\n');
        if (!config.DnsSearch.IsEmpty)
        {
            text.Append("search ").AppendJoin(' ', config.DnsSearch).Append('\n');
        }

        foreach (var server in config.DnsServers)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>
    /// Names come from /etc/hosts and resolv.conf's servers and from nowhere else: "resolve", "mymachines" and "mdns"
    /// ask daemons of the host, over sockets that a network namespace does not close. Users are those of the files, of
    /// systemd, and of sssd where it is (its pipes are below /var/lib); a module that is not there is passed over.
    /// </summary>
    public static string NsswitchConf(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return $"""
            # Written by wgns for namespace {config.Name}
            passwd:    files systemd sss
            group:     files systemd sss
            shadow:    files
            gshadow:   files
            hosts:     files dns
            networks:  files
            protocols: files
            services:  files
            ethers:    files
            rpc:       files

            """;
    }
}
