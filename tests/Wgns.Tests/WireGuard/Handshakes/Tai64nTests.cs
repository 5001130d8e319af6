using Wgns.WireGuard.Handshakes;

namespace Wgns.Tests.WireGuard.Handshakes;

public sealed class Tai64nTests
{
    [Test]
    public void The_beginning_of_1970_is_ten_seconds_after_2_to_the_62()
    {
        At(DateTimeOffset.UnixEpoch).Should().Be("400000000000000a00000000");
        At(DateTimeOffset.UnixEpoch.AddSeconds(1_000_000_000.9)).Should().Be("400000003b9aca0a35000000");
    }

    [Test]
    public void The_next_timestamp_is_later_than_the_last_whatever_the_clock_says()
    {
        var random = new Random(2);
        var last = new byte[Tai64n.Length];
        for (var i = 0; i < 10000; i++)
        {
            var next = new byte[Tai64n.Length];
            Tai64n.Next(DateTimeOffset.UnixEpoch.AddSeconds(random.Next(-5, 3) + (i * 0.001)), last, next);
            next.AsSpan().SequenceCompareTo(last).Should().BePositive();
            last = next;
        }
    }

    private static string At(DateTimeOffset wall)
    {
        var timestamp = new byte[Tai64n.Length];
        Tai64n.Next(wall, new byte[Tai64n.Length], timestamp);
        return Convert.ToHexStringLower(timestamp);
    }
}
