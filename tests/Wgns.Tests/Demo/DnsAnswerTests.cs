using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Demo;

namespace Wgns.Tests.Demo;

internal sealed class DnsAnswerTests
{
    private const string Name = "page.demo.wgns";

    private static readonly IPAddress s_address = IPAddress.Parse("10.86.0.1");

    [Test]
    public void The_name_has_its_address()
    {
        var answer = DnsAnswer.To(Query(0x1234, Name, 1), Name, s_address, out var question);

        question.Should().Be(new DnsQuestion(Name, 1));
        answer![..2].Should().Equal(0x12, 0x34);
        answer[2..4].Should().Equal([0x85, 0x80], "a response, authoritative, recursion desired and available, no error");
        answer[4..12].Should().Equal(0, 1, 0, 1, 0, 0, 0, 0);
        answer[^16..].Should().Equal(0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 86, 0, 1);
    }

    [Test]
    public void Names_are_compared_without_regard_to_case_and_come_back_as_they_were_spelled()
    {
        var query = Query(1, "PaGe.dEmo.WGNS", 1);
        var answer = DnsAnswer.To(query, Name, s_address, out var question);

        question!.Name.Should().Be("PaGe.dEmo.WGNS");
        answer![12..^16].Should().Equal(query[12..]);
        answer[7].Should().Be(1);
    }

    [Test]
    public void Asked_for_an_IPv6_address_it_says_that_there_is_none_but_not_that_there_is_no_such_name()
    {
        var answer = DnsAnswer.To(Query(1, Name, 28), Name, s_address, out var question);

        question!.Type.Should().Be(28);
        (answer![3] & 0x0F).Should().Be(0);
        answer[7].Should().Be(0);
    }

    [TestCase("other.demo.wgns")]
    [TestCase("page.demo.wgns.example")]
    [TestCase("")]
    public void Any_other_name_does_not_exist(string name)
    {
        var answer = DnsAnswer.To(Query(1, name, 1), Name, s_address, out _);

        (answer![3] & 0x0F).Should().Be(3);
        answer[7].Should().Be(0);
    }

    [Test]
    public void An_answer_is_not_answered()
    {
        var query = Query(1, Name, 1);
        query[2] |= 0x80;
        DnsAnswer.To(query, Name, s_address, out _).Should().BeNull();
    }

    [Test]
    public void A_question_cut_off_anywhere_is_not_answered()
    {
        var query = Query(1, Name, 1);
        for (var length = 0; length < query.Length; length++)
        {
            DnsAnswer.To(query.AsSpan(0, length), Name, s_address, out var question).Should().BeNull();
            question.Should().BeNull();
        }
    }

    [Test]
    public void What_follows_the_question_such_as_EDNS_does_not_matter()
    {
        byte[] edns = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0];
        var query = Query(1, Name, 1);
        query[11] = 1;
        var answer = DnsAnswer.To([.. query, .. edns], Name, s_address, out _);
        answer.Should().HaveCount(query.Length + 16);
        answer![11].Should().Be(0);
    }

    [Test]
    public void No_bytes_make_it_throw_and_every_answer_echoes_the_number() => Check(bytes => bytes);

    [Test]
    public void Nor_do_bytes_that_begin_like_a_question() =>
        Check(bytes => [.. Query(7, Name, 1)[..12], .. bytes.Select(b => (byte)(b % 72))]);

    private static void Check(Func<byte[], byte[]> shape) =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            var query = shape(bytes);
            var answer = DnsAnswer.To(query, Name, s_address, out var question);
            return answer is null || (question is not null && answer.Length >= 12 && answer[0] == query[0] && answer[1] == query[1] && (answer[2] & 0x80) != 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static byte[] Query(ushort number, string name, byte type)
    {
        var labels = name.Split('.', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(l => (byte[])[(byte)l.Length, .. System.Text.Encoding.ASCII.GetBytes(l)]);
        return [(byte)(number >> 8), (byte)number, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. labels, 0, 0, type, 0, 1];
    }
}
