using FsCheck;
using FsCheck.Fluent;
using Wgns.Nscd;

namespace Wgns.Tests.Nscd;

/// <summary>Which requests of nscd's protocol get through to the host.</summary>
public sealed class NscdRequestTests
{
    // request_type of glibc's nscd/nscd-client.h.
    [TestCase(0, "GETPWBYNAME")]
    [TestCase(1, "GETPWBYUID")]
    [TestCase(2, "GETGRBYNAME")]
    [TestCase(3, "GETGRBYGID")]
    [TestCase(15, "INITGROUPS")]
    public void Users_and_groups_are_forwarded_when_the_whole_key_is_there(int type, string name)
    {
        var request = NscdRequest.Of(type, "root\0"u8);

        for (var length = 0; length < request.Length; length++)
        {
            NscdRequest.Judge(request.AsSpan(0, length), out var wanted).Should().Be(NscdVerdict.More, name);
            wanted.Should().Be(length < 12 ? 12 : request.Length);
        }

        NscdRequest.Judge(request, out var whole).Should().Be(NscdVerdict.Forward, name);
        whole.Should().Be(17);
    }

    [TestCase(4, "GETHOSTBYNAME")]
    [TestCase(5, "GETHOSTBYNAMEv6")]
    [TestCase(6, "GETHOSTBYADDR")]
    [TestCase(7, "GETHOSTBYADDRv6")]
    [TestCase(8, "SHUTDOWN")]
    [TestCase(9, "GETSTAT")]
    [TestCase(10, "INVALIDATE")]
    [TestCase(11, "GETFDPW")]
    [TestCase(12, "GETFDGR")]
    [TestCase(13, "GETFDHST")]
    [TestCase(14, "GETAI")]
    [TestCase(16, "GETSERVBYNAME")]
    [TestCase(17, "GETSERVBYPORT")]
    [TestCase(18, "GETFDSERV")]
    [TestCase(19, "GETNETGRENT")]
    [TestCase(20, "INNETGR")]
    [TestCase(21, "GETFDNETGR")]
    [TestCase(22, "the first that nobody knows")]
    [TestCase(-1, "none")]
    public void Whatever_else_is_asked_is_refused_before_its_key_is_read(int type, string name) =>
        NscdRequest.Judge(NscdRequest.Of(type, "leak.test\0"u8).AsSpan(0, 12), out _).Should().Be(NscdVerdict.Refuse, name);

    [Test]
    public void Another_version_and_a_key_of_no_length_or_too_long_a_one_are_refused()
    {
        foreach (var (version, length) in new[] { (1, 5), (3, 5), (0x02000000, 5), (2, 0), (2, -1), (2, int.MinValue), (2, 1025), (2, int.MaxValue) })
        {
            byte[] header = [.. BitConverter.GetBytes(version), .. BitConverter.GetBytes(0), .. BitConverter.GetBytes(length)];
            NscdRequest.Judge(header, out _).Should().Be(NscdVerdict.Refuse, "version {0}, length {1}", version, length);
        }

        NscdRequest.Judge(NscdRequest.Of(0, new byte[1024]), out var longest).Should().Be(NscdVerdict.Forward);
        longest.Should().Be(NscdRequest.Longest);
    }

    [Test]
    public void Nothing_of_any_bytes_is_forwarded_but_one_whole_request_for_a_user_or_a_group()
    {
        var numbers = Gen.OneOf(Gen.Choose(-2, 30), Gen.Elements(1023, 1024, 1025, int.MinValue, int.MaxValue, 0x77676E73));
        var framed =
            from version in Gen.Frequency((5, Gen.Constant(2)), (1, numbers))
            from type in numbers
            from key in numbers
            from rest in ArbMap.Default.GeneratorFor<byte[]>()
            select (byte[])[.. BitConverter.GetBytes(version), .. BitConverter.GetBytes(type), .. BitConverter.GetBytes(key), .. rest];
        Prop.ForAll(Gen.OneOf(framed, ArbMap.Default.GeneratorFor<byte[]>()).ToArbitrary(), bytes =>
        {
            var verdict = NscdRequest.Judge(bytes, out var length);
            return length is >= NscdRequest.HeaderLength and <= NscdRequest.Longest
                && (verdict == NscdVerdict.More) == (bytes.Length < length && verdict is not NscdVerdict.Refuse)
                && (verdict != NscdVerdict.Forward
                    || (bytes[0] == 2 && bytes[4] is 0 or 1 or 2 or 3 or 15 && BitConverter.ToInt32(bytes, 8) == length - 12));
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(10000).WithEndSize(200));
    }

    [Test]
    public void Who_listens_is_asked_by_what_no_nscd_answers()
    {
        NscdRequest.Judge(NscdRequest.Greeting, out _).Should().Be(NscdVerdict.Greet);

        // An nscd takes types up to LASTREQ, which is below 32.
        BitConverter.ToInt32(NscdRequest.Greeting, 4).Should().BeGreaterThan(1 << 16);
    }
}
