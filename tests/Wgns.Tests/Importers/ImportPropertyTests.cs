using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Diagnostics;
using Wgns.Importers;

namespace Wgns.Tests.Importers;

public sealed class ImportPropertyTests
{
    private static readonly ForeignFormat[] Formats = Enum.GetValues<ForeignFormat>();

    private static readonly string[] Endings = ["conf", "json", "yaml"];

    /// <summary>Pieces of all the formats, so that more than the first line of a parser is reached.</summary>
    private static readonly string[] Pieces =
    [
        "[Interface]\n", "[Peer]\n", "PrivateKey = ", Corpus.Private, "\n", "DNS=", "AllowedIPs = ", "0.0.0.0/0", ",", " ", "#", "=", "PostUp = ",
        "%i", "\"", "'", "\\", "\r", "NETNS_NAME=", "WIREGUARD_PRIVATE_KEY=", "WIREGUARD_VPN_PUBLIC_KEY=", "TUNNEL_ENABLE=", "interfaces:\n", "- name: ",
        "  peers:\n", "&a ", "*a", "<<: ", "{", "}", "[", "]", ":", "null", "!!", "|\n", "? ", "---\n", "\t", "\0", "\uFEFF", "ä", "\U0001F600", "%YAML 1.1\n",
        "\"interfaces\": [", "\"peers\"", "\\ud800", "private-key: ", "Endpoint = a:1\n",
    ];

    private static Gen<byte[]> Texts { get; } = Gen.OneOf(
        ArbMap.Default.GeneratorFor<byte[]>(),
        Gen.Elements(Pieces).ListOf().Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces))),
        from file in Gen.Elements(Corpus.Files().ToArray())
        from at in Gen.Choose(0, 400)
        from with in Gen.Elements(Pieces)
        from length in Gen.Choose(0, 30)
        select Spoilt(Corpus.Content(file), at, length, with));

    [Test]
    public void Any_bytes_are_taken_and_never_throw() =>
        Prop.ForAll(Texts.ToArbitrary(), bytes =>
        {
            foreach (var format in Formats)
            {
                foreach (var ending in Endings)
                {
                    using var import = Importer.Read(bytes, $"/in/x.{ending}", format, new ImportOptions("/etc/wgns/x.toml"));
                    if (!import.HasErrors)
                    {
                        Corpus.Said(Corpus.ReadAgain(import, "/etc/wgns/x.toml")).Should().Be(Corpus.Said(import.Config));
                    }
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static readonly string[] Words = ["echo a", "echo \"b\" 'c' \\d", "ip route add 10.0.0.0/8 dev wg0", "printf '%s\\n' \u00e4", "# not", "a = [b]"];

    private static Gen<string> Confs { get; } =
        from addresses in Gen.Elements("10.0.0.2/32", "fd00::2/64", "10.1.2.3", "10.9.0.1/16").NonEmptyListOf()
        from dns in Gen.Elements("10.0.0.1", "fd00::1", "corp.example", "a.b").ListOf()
        from hooks in (from key in Gen.Elements("PreUp", "PostUp", "PreDown", "PostDown") from word in Gen.Elements(Words) select $"{key} = {word}").ListOf()
        from port in Gen.Choose(0, 65535)
        from mtu in Gen.Choose(1280, 65535)
        from mark in Gen.Elements("off", "0", "51820", "0xca6c")
        from table in Gen.Elements("auto", "off", "51820")
        from keepalive in Gen.Elements("off", "0", "25", "65535")
        from psk in Gen.Elements("", $"PresharedKey = {Corpus.Preshared}")
        from allowed in Gen.Elements("0.0.0.0/0, ::/0", "10.0.0.0/8", "10.0.0.1", "")
        select $"""
            [Interface]
            PrivateKey = {Corpus.Private}
            Address = {string.Join(", ", addresses)}
            DNS = {string.Join(',', dns)}
            ListenPort = {port}
            MTU = {mtu}
            FwMark = {mark}
            Table = {table}
            {string.Join('\n', hooks)}
            [Peer]
            PublicKey = {Corpus.PeerA}
            {psk}
            AllowedIPs = {allowed}
            PersistentKeepalive = {keepalive}
            Endpoint = vpn.example.com:51820
            [Peer]
            PublicKey = {Corpus.PeerB}
            AllowedIPs = 192.0.2.0/24
            """;

    [Test]
    public void Importing_writing_and_reading_again_gives_the_same_configuration() =>
        Prop.ForAll(Confs.ToArbitrary(), text =>
        {
            using var import = Importer.Read(Encoding.UTF8.GetBytes(text), "/in/wg0.conf", ForeignFormat.WgQuick, new ImportOptions("/etc/wgns/wg0.toml", Hooks: Wgns.Configuration.HookPlace.Namespace));
            import.Diagnostics.Where(d => d.Severity == Severity.Error).Should().BeEmpty();
            Corpus.Said(Corpus.ReadAgain(import, "/etc/wgns/wg0.toml")).Should().Be(Corpus.Said(import.Config));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static byte[] Spoilt(byte[] text, int at, int length, string with)
    {
        at = Math.Min(at, text.Length);
        return [.. text[..at], .. Encoding.UTF8.GetBytes(with), .. text[Math.Min(text.Length, at + length)..]];
    }
}
