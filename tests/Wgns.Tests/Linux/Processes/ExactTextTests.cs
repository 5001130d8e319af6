using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Linux.Processes;

namespace Wgns.Tests.Linux.Processes;

public sealed class ExactTextTests
{
    [Test]
    public void Whatever_bytes_there_are_come_back() =>
        Prop.ForAll<byte[]>(bytes => ExactText.Encode(ExactText.Decode(bytes)).AsSpan().SequenceEqual(bytes)).QuickCheckThrowOnFailure();

    [TestCase("")]
    [TestCase("plain")]
    [TestCase("ü\u20AC\U0001F600\U0010FC80\uFFFD")]
    public void Characters_are_themselves(string text)
    {
        ExactText.Decode(Encoding.UTF8.GetBytes(text)).Should().Be(text);
        ExactText.Encode(text).Should().Equal(Encoding.UTF8.GetBytes(text));
    }

    // No test cases: runners write those into reports, which such text breaks.
    [Test]
    public void A_byte_that_is_no_character_is_half_of_a_pair_that_stands_alone()
    {
        foreach (var (bytes, text) in ((byte[], string)[])[
            ([0x63, 0xE9], "c\uDCE9"), ([0xED, 0xB2, 0x80, 0x41], "\uDCED\uDCB2\uDC80A"), ([0xF0, 0x9F, 0x98], "\uDCF0\uDC9F\uDC98")])
        {
            ExactText.Decode(bytes).Should().Be(text);
            ExactText.HasBytes(text).Should().BeTrue();
            ExactText.Encode(text).Should().Equal(bytes);
        }
    }

    [Test]
    public void Halves_that_stand_for_no_byte_are_what_UTF_8_makes_of_them() =>
        ExactText.Encode("\uD83D\uDC00x\uDFFF\uD83D").Should().Equal(Encoding.UTF8.GetBytes("\uD83D\uDC00x\uFFFD\uFFFD"));
}
