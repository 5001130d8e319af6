using FsCheck;
using FsCheck.Fluent;
using Wgns.Resolution;
using Wgns.Tests.Planning;

namespace Wgns.Tests.Resolution;

/// <summary>Names of endpoints as another birthplace's name servers tell them.</summary>
public sealed class NamespaceDnsTests
{
    private static readonly byte[] Question = DnsMessage.Query(0x1234, "vpn.example.net", DnsMessage.A);

    [Test]
    public void A_question_is_what_RFC_1035_says() => Convert.ToHexString(Question).Should().Be(
        "12340100000100000000000003" + "76706E" + "07" + "6578616D706C65" + "03" + "6E6574" + "00" + "0001" + "0001");

    [Test]
    public void Addresses_are_found_behind_an_alias()
    {
        // vpn.example.net is an alias of a.example.net, which has two addresses.
        byte[] answer =
        [
            .. Head(3), 0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, (byte)'a', 0xC0, 16,
            .. Address(192, 0, 2, 1), .. Address(192, 0, 2, 2),
        ];

        DnsMessage.Parse(answer, Question)!.Addresses.Select(a => a.ToString()).Should().Equal("192.0.2.1", "192.0.2.2");
    }

    [Test]
    public void An_answer_to_another_question_or_with_another_number_is_none()
    {
        byte[] answer = [.. Head(1), .. Address(192, 0, 2, 1)];
        DnsMessage.Parse(answer, Question).Should().NotBeNull();
        DnsMessage.Parse(answer, DnsMessage.Query(0x1235, "vpn.example.net", DnsMessage.A)).Should().BeNull();
        DnsMessage.Parse(answer, DnsMessage.Query(0x1234, "vpn.example.org", DnsMessage.A)).Should().BeNull();
        DnsMessage.Parse(Question, Question).Should().BeNull("it is the question");
    }

    [Test]
    public void One_that_was_cut_short_anywhere_is_none()
    {
        byte[] answer = [.. Head(2), .. Address(192, 0, 2, 1), .. Address(192, 0, 2, 2)];
        for (var length = 0; length < answer.Length; length++)
        {
            DnsMessage.Parse(answer.AsSpan(0, length), Question).Should().BeNull();
        }
    }

    [Test]
    public void Whatever_follows_the_question_it_is_read_without_an_exception() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte>(), (tail, count) =>
        {
            byte[] answer = [.. Head(count), .. tail];
            _ = DnsMessage.Parse(answer, Question);
        }).Check(FreshUpTests.Quick(300));

    [Test]
    public void Resolv_conf_and_hosts_are_read_as_their_man_pages_say()
    {
        var (servers, search) = NamespaceDns.Resolv("# nameserver 192.0.2.9\nnameserver 10.0.0.1 \n\tnameserver fd00::1\nnameserver nonsense\nsearch a.example\nsearch b.example c.example\n");
        servers.Select(s => s.ToString()).Should().Equal("10.0.0.1", "fd00::1");
        search.Should().Equal("b.example", "c.example");
        NamespaceDns.Hosts("192.0.2.1 other\n192.0.2.2\tfoo VPN.example.net # vpn\n#192.0.2.3 vpn.example.net\n::2 vpn.example.net", "vpn.example.net")
            .Select(a => a.ToString()).Should().Equal("192.0.2.2", "::2");
    }

    private static byte[] Head(byte answers) => [0x12, 0x34, 0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0, .. Question[12..]];

    private static byte[] Address(params byte[] bytes) => [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. bytes];
}
