using FluentAssertions;
using NUnit.Framework;
using Wgns.Engine.Embedded;
using Wgns.Linux.Events;
using Wgns.WireGuard;

namespace Wgns.Tests.Engine.Embedded;

/// <summary>What waits for the control thread, and when that makes the device be under load.</summary>
public sealed class HandshakeQueueTests
{
    private static readonly TimeSpan Now = TimeSpan.FromHours(1);

    [Test]
    public void What_is_no_handshake_message_takes_no_room_and_is_no_load()
    {
        using var bell = new Bell();
        var queue = new HandshakeQueue(bell);
        foreach (var length in new[] { 0, 1, 3, 4, 63, 65, 91, 93, 147, 149, 1500 })
        {
            for (byte type = 0; type < 6; type++)
            {
                for (var i = 0; i < HandshakeQueue.Capacity / 8; i++)
                {
                    queue.TryAdd(Message(type, length), default);
                }
            }
        }

        queue.TryAdd(Message(1, 148), new Endpoint(7, 7, false));
        Take(queue, Now).Should().Be((148, false), "a peer's own is the first in the queue, and nobody is asked for a cookie");
        Take(queue, Now).Should().Be((0, false));
    }

    [Test]
    public void From_an_eighth_of_its_room_on_the_device_is_under_load_and_for_a_second_after()
    {
        using var bell = new Bell();
        var queue = new HandshakeQueue(bell);
        for (var i = 0; i < HandshakeQueue.Capacity / 8; i++)
        {
            queue.TryAdd(Message(1, 148), default);
        }

        Take(queue, Now).Should().Be((148, true));
        Take(queue, Now + TimeSpan.FromMilliseconds(999)).Should().Be((148, true));
        Take(queue, Now + TimeSpan.FromSeconds(1)).Should().Be((148, false));
    }

    [Test]
    public void A_flood_that_never_ends_keeps_nobody_from_his_timers()
    {
        using var bell = new Bell();
        var queue = new HandshakeQueue(bell);
        var taken = 0;
        for (var i = 0; i < HandshakeQueue.Capacity; i++)
        {
            queue.TryAdd(Message(1, 148), default);
        }

        bell.Drain().Should().BeTrue();
        queue.TakeWaiting(() => Now, (message, in source, underLoad) =>
        {
            if (++taken < 10 * HandshakeQueue.Capacity)
            {
                queue.TryAdd(Message(1, 148), source);
            }
        });
        taken.Should().Be(HandshakeQueue.Capacity, "what came meanwhile is for the next time");
        bell.Drain().Should().BeTrue("somebody has to look again");
    }

    private static byte[] Message(byte type, int length)
    {
        var message = new byte[length];
        if (length > 0)
        {
            message[0] = type;
        }

        return message;
    }

    private static (int Length, bool UnderLoad) Take(HandshakeQueue queue, TimeSpan now)
    {
        var length = queue.Take(now, new byte[HandshakeQueue.MaxLength], out _, out var underLoad);
        return (length, underLoad);
    }
}
