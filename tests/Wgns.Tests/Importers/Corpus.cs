using System.Runtime.CompilerServices;
using System.Text;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Importers;

namespace Wgns.Tests.Importers;

/// <summary>Importing for the tests: texts, and the files below tests/data/import.</summary>
internal static class Corpus
{
    internal const string Private = "O5qhQv76RKq4OrHAkJ9pKf1TZWuJXsL8DkfUEupiulQ=";
    internal const string OtherPrivate = "dd78jznTaWlTnUp/FoaUzEoCxIL+irFGNiVMzcKfG6E=";
    internal const string Preshared = "Iz7fpYyEhHcS6RFXJTOQfcRnccKvAizqB2a0ItRPMeU=";
    internal const string PeerA = "PQgYbFGLUB9b7UOnSVANK4FEdbwJx1UzXSydpgMQs5U=";
    internal const string PeerB = "4q75rTtxEcqf6l/TEYsh4zBzAKNaszVYMIvex0JzwPo=";

    /// <summary>A whole and right file of wg-quick, with lines besides in its [Interface] and its [Peer].</summary>
    internal static string Conf(string ofInterface = "", string ofPeer = "") =>
        $"[Interface]\nPrivateKey = {Private}\nAddress = 10.0.0.2/32\nDNS = 10.0.0.1\n{ofInterface}\n[Peer]\nPublicKey = {PeerA}\nAllowedIPs = 0.0.0.0/0\n{ofPeer}\n";

    internal static Import Text(string text, string path = "/in/wg0.conf", ForeignFormat? format = null, ImportOptions? options = null) =>
        Bytes(Encoding.UTF8.GetBytes(text), path, format, options);

    internal static Import Bytes(byte[] bytes, string path, ForeignFormat? format = null, ImportOptions? options = null) =>
        Importer.Read(bytes, path, format ?? ForeignFormats.Recognise(bytes, path) ?? throw new InvalidOperationException("not recognised"), options ?? new ImportOptions());

    /// <summary>One that must be without an error.</summary>
    internal static Import Good(string text, string path = "/in/wg0.conf", ImportOptions? options = null)
    {
        var import = Text(text, path, options: options);
        import.Diagnostics.Where(d => d.Severity == Severity.Error).Should().BeEmpty();
        return import;
    }

    internal static IEnumerable<string> Errors(Import import) =>
        import.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => (d with { Hint = null }).ToString());

    internal static IEnumerable<string> Files([CallerFilePath] string here = "")
    {
        var root = $"{here[..(here.LastIndexOf("/Wgns.Tests/", StringComparison.Ordinal) + 1)]}data/import/";
        return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith(".toml", StringComparison.Ordinal) && !f.EndsWith(".txt", StringComparison.Ordinal))
            .Select(f => f[root.Length..])
            .Order(StringComparer.Ordinal);
    }

    internal static byte[] Content(string file, [CallerFilePath] string here = "") =>
        File.ReadAllBytes($"{here[..(here.LastIndexOf("/Wgns.Tests/", StringComparison.Ordinal) + 1)]}data/import/{file}");

    /// <summary>The TOML of an import read again, with the keys in the place of the files that were written for them.</summary>
    internal static NamespaceConfig ReadAgain(Import import, string target)
    {
        var read = ConfigurationReader.Read(Encoding.UTF8.GetBytes(import.Toml), target);
        read.Diagnostics.Where(d => d.Severity == Severity.Error).Should().BeEmpty(import.Toml);
        var keys = import.Keys.ToDictionary(k => Path.GetFullPath(k.File, Path.GetDirectoryName(target)!), k => k.Key);
        return read.Config with
        {
            Interfaces =
            [
                .. read.Config.Interfaces.Select(i => i with
                {
                    PrivateKey = Filled(i.PrivateKey)!,
                    Peers = [.. i.Peers.Select(p => p with { PresharedKey = Filled(p.PresharedKey) })],
                }),
            ],
        };

        KeySource? Filled(KeySource? source) =>
            source is KeySource.File file && keys.TryGetValue(file.Path, out var key) ? new KeySource.Inline(key) : source;
    }

    /// <summary>Everything that a configuration says, as text: keys by their fingerprint.</summary>
    internal static string Said(NamespaceConfig config)
    {
        var text = new StringBuilder();
        text.Append($"{config.Name} [{string.Join(' ', config.DnsServers)}] [{string.Join(' ', config.DnsSearch)}] {config.DnsFiles} {config.DnsEnforcement} {config.IsManaged} {config.Birthplace}\n");
        if (config.HostLink is { } link)
        {
            text.Append($"{link.HostInterface} {string.Join(' ', link.HostAddresses)} - {link.NamespaceInterface} {string.Join(' ', link.NamespaceAddresses)}\n");
        }

        foreach (var (name, hooks) in new[] { ("preUp", config.Hooks.PreUp), ("postUp", config.Hooks.PostUp), ("preDown", config.Hooks.PreDown), ("postDown", config.Hooks.PostDown) })
        {
            text.AppendJoin("", hooks.Select(h => $"{name} {h.Where} {h.Command}\n"));
        }

        foreach (var item in config.Interfaces)
        {
            text.Append($"{item.Ifname} {string.Join(' ', item.Addresses)} {Key(item.PrivateKey)} {item.ListenPort} {item.Mtu} {item.FwMark} {item.AllowedIpsAsRoutes} {string.Join(' ', item.Routes)}\n");
            text.AppendJoin("", item.Peers.Select(p => $"  {p.PublicKey} {Key(p.PresharedKey)} {string.Join(' ', p.AllowedIps)} {p.Endpoint} {p.PersistentKeepalive}\n"));
        }

        return text.ToString();
    }

    private static string? Key(KeySource? source) => source is KeySource.Inline inline ? inline.Key.Fingerprint().Hex : source?.ToString();
}
