using System.Text;
using Wgns.Configuration;
using Wgns.Diagnostics;

namespace Wgns.Tests.Configuration;

/// <summary>Reading for the tests of the configuration.</summary>
internal static class Read
{
    internal const string KeyA = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    internal const string KeyB = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    internal const string Secret = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";

    internal static ReadResult Text(string toml, string path = "/c/vpn.toml") =>
        ConfigurationReader.Read(Encoding.UTF8.GetBytes(toml), path);

    /// <summary>A whole and right configuration, with a line or more besides.</summary>
    internal static string Around(string lines) => $"""
        {lines}
        dns_server = "10.0.0.1"
        ips = ["10.0.0.2/32"]
        privateKeyFile = "private.key"

        """ + Peer($"publicKey = '{KeyA}'\nallowedIPs = ['0.0.0.0/0']");

    internal static string WithPeer(string lines) => $"""
        dns_server = "10.0.0.1"
        ips = ["10.0.0.2/32"]
        privateKeyFile = "private.key"

        """ + Peer(lines);

    internal static string Peer(string lines) => $"[[peers]]\n{lines}\n";

    /// <summary>"line:column: error: message" of each diagnostic; the hint is left to <see cref="Hints"/>.</summary>
    internal static string[] Said(ReadResult result) =>
        [.. result.Diagnostics.Select(d => Place((d with { Hint = null }).ToString()))];

    internal static string[] Said(string toml) => Said(Text(toml));

    internal static string?[] Hints(string toml) => [.. Text(toml).Diagnostics.Select(d => d.Hint)];

    internal static NamespaceConfig Config(string toml, string path = "/c/vpn.toml")
    {
        var result = Text(toml, path);
        result.Diagnostics.Where(d => d.Severity == Severity.Error).Should().BeEmpty();
        return result.Config;
    }

    // Only a place in the file is cut to its line: what is about the whole file keeps its name.
    private static string Place(string said) =>
        said.StartsWith("/c/vpn.toml:", StringComparison.Ordinal) && char.IsAsciiDigit(said[12]) ? said[12..] : said;
}
