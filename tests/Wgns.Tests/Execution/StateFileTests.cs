using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Configuration;
using Wgns.Execution;
using Wgns.Linux.Namespaces;
using Wgns.Observation;

namespace Wgns.Tests.Execution;

public sealed class StateFileTests
{
    private static readonly StateRecord Full = new()
    {
        Namespace = "vpn",
        Config = "/etc/wgns/vpn.toml",
        Netns = new NetnsIdentity(4, 4026532999),
        NetnsCookie = ulong.MaxValue,
        Holder = "wgns-netns@vpn.service",
        Shared = new SharedRecord(RaisedLoopback: true, [new SysctlRecord("net/ipv4/ping_group_range", "1 0", "0 2147483647")]),
        RulesetText = "abc",
        RulesetListing = "def",
        Files = ["/etc/netns/vpn/resolv.conf"],
        Directories = ["/etc/netns", "/etc/netns/vpn"],
        Forwarding = [new SysctlRecord("net/ipv4/conf/lan0/forwarding", "0", "1")],
        LinkPorts = [new LinkPortRecord(PublishProtocol.Udp, IPEndPoint.Parse("[::]:53")), new LinkPortRecord(PublishProtocol.Tcp, IPEndPoint.Parse("192.0.2.2:80"))],
        HostLinks = [new HostLinkRecord(new HostLinkName("wgh-vpn", "host0", "wgns_0"), "abc", null)],
        Interfaces =
        [
            new InterfaceRecord("wg0", null) { Birthplace = new BirthplaceRecord("/run/netns/outer", new NetnsIdentity(4, 4026533000)) { Cookie = 78 } },
            new InterfaceRecord("\u00e9\"\\", new EngineRecord("/usr/bin/wireguard-go", "wgns-1", "/s", "/l", null, 12, ulong.MaxValue) { Birthplace = "/run/netns/outer" }),
        ],
    };

    [Test]
    public void A_record_is_read_back_as_it_was_written()
    {
        StateFile.Decode(StateFile.Encode(Full), "p").Should().BeEquivalentTo(Full);
        var least = new StateRecord { Namespace = "vpn" };
        StateFile.Decode(StateFile.Encode(least), "p").Should().BeEquivalentTo(least);
    }

    [Test]
    public void A_file_of_before_there_were_host_links_is_read_as_one_without()
    {
        var json = JsonNode.Parse(StateFile.Encode(Full))!.AsObject();
        json.Remove("hostLinks");

        StateFile.Decode(Encoding.UTF8.GetBytes(json.ToJsonString()), "p").HostLinks.Should().BeEmpty();
    }

    [Test]
    public void A_file_that_was_cut_short_is_damaged_and_says_what_to_do()
    {
        var json = StateFile.Encode(Full);
        for (var length = 0; length < json.Length; length++)
        {
            Refused(json[..length]).Should().StartWith("/run/wgns/vpn.json is damaged (").And.Contain("remove /run/wgns/vpn.json");
        }
    }

    [Test]
    public void A_newer_format_is_left_to_the_newer_wgns()
    {
        var json = JsonNode.Parse(StateFile.Encode(Full))!.AsObject();
        json["version"] = 2;
        json["somethingNew"] = 1;

        Refused(json.ToJsonString()).Should().Be("/run/wgns/vpn.json was written by a newer wgns (format 2, this one knows 1); use that one");
        json.Remove("files");
        Refused(json.ToJsonString()).Should().Contain("newer wgns");
    }

    [TestCase("version")]
    [TestCase("namespace")]
    [TestCase("config")]
    [TestCase("files")]
    [TestCase("directories")]
    [TestCase("interfaces")]
    public void A_record_that_lacks_a_part_is_damaged(string part)
    {
        var json = JsonNode.Parse(StateFile.Encode(Full))!.AsObject();
        json.Remove(part);

        Refused(json.ToJsonString()).Should().Contain("is damaged");
    }

    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("\"x\"")]
    [TestCase("{\"version\":1,\"namespace\":\"v\",\"config\":\"\",\"files\":[null],\"directories\":[],\"interfaces\":[]}")]
    [TestCase("{\"version\":1,\"namespace\":\"v\",\"config\":\"\",\"files\":[],\"directories\":[],\"interfaces\":[null]}")]
    [TestCase("{\"version\":1,\"namespace\":\"v\",\"config\":\"\",\"files\":[],\"directories\":[],\"interfaces\":[{\"ifname\":null,\"engine\":null}]}")]
    [TestCase("{\"version\":1,\"namespace\":\"v\",\"config\":null,\"files\":[],\"directories\":[],\"interfaces\":[]}")]
    [TestCase("{\"version\":0,\"namespace\":\"v\",\"config\":\"\",\"files\":[],\"directories\":[],\"interfaces\":[]}")]
    [TestCase("{\"version\":1,\"namespace\":\"v\",\"config\":\"\",\"files\":[],\"directories\":[],\"interfaces\":[],\"netns\":{}}")]
    [TestCase("{\"\\ud800x\":1,\"version\":1}")]
    [TestCase("{\"version\":1,\"namespace\":\"\\ud800\"}")]
    public void What_is_JSON_and_no_record_is_damaged(string json) => Refused(json).Should().Contain("is damaged");

    [Test]
    public void No_bytes_give_another_exception_than_the_one_with_a_cure()
    {
        var whole = StateFile.Encode(Full);
        var mutated =
            from position in Gen.Choose(0, whole.Length - 1)
            from length in Gen.Choose(0, 12)
            from inserted in Gen.OneOf(ArbMap.Default.ArbFor<byte[]>().Generator, Gen.Elements("null", "[]", "{}", "-1", "\"\\ud800\"", "\xFF").Select(Encoding.Latin1.GetBytes))
            select whole[..position].Concat(inserted).Concat(whole[Math.Min(position + length, whole.Length)..]).ToArray();

        Prop.ForAll(Gen.OneOf(mutated, ArbMap.Default.ArbFor<byte[]>().Generator).ToArbitrary(), bytes =>
        {
            try
            {
                var record = StateFile.Decode(bytes, "p");
                record.Interfaces.Should().OnlyContain(i => i.Ifname != null);
                StateFile.Encode(record).Should().NotBeEmpty();
            }
            catch (OperationFailedException e)
            {
                e.Message.Should().StartWith("p ");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    private static string Refused(string json) => Refused(Encoding.UTF8.GetBytes(json));

    private static string Refused(byte[] json) =>
        FluentActions.Invoking(() => StateFile.Decode(json, "/run/wgns/vpn.json")).Should().Throw<OperationFailedException>().Which.Message;
}
