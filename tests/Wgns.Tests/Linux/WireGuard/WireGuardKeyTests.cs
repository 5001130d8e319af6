using Wgns.Linux.WireGuard;

namespace Wgns.Tests.Linux.WireGuard;

public sealed class WireGuardKeyTests
{
    [TestCase(0)]
    [TestCase(4)]
    [TestCase(31)]
    public void Keys_that_differ_in_one_byte_only_do_not_share_a_hash(int place)
    {
        var hashes = new HashSet<int>();
        for (var value = 0; value < 256; value++)
        {
            var bytes = new byte[WireGuardKey.Length];
            bytes[place] = (byte)value;
            hashes.Add(new WireGuardKey(bytes).GetHashCode());
        }

        // Two of 256 numbers of 32 bits are the same once in 130,000 runs; eight are not.
        hashes.Count.Should().BeGreaterThan(248);
    }

    [Test]
    public void Equal_keys_have_one_hash()
    {
        var bytes = Enumerable.Range(1, WireGuardKey.Length).Select(n => (byte)n).ToArray();

        new WireGuardKey(bytes).GetHashCode().Should().Be(new WireGuardKey(bytes).GetHashCode());
        new WireGuardKey(bytes).Should().Be(new WireGuardKey(bytes));
    }
}
