using FsCheck;
using FsCheck.Fluent;
using Wgns.WireGuard;

namespace Wgns.Tests.WireGuard;

/// <summary>Two devices and a network that does its worst, in simulated time.</summary>
public sealed class ChaosTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static Config Often(int times) => Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay(7, 9);

    [Test]
    public void Whatever_the_network_does_no_packet_arrives_twice_or_changed_and_all_arrive_once_it_has_healed() =>
        Check.One(Often(60), Prop.ForAll(Weather.ToArbitrary(), Survives));

    private sealed record Spell(int Seconds, double Loss, double Duplication, int DelayMilliseconds, int ClockJump, bool UnderLoad);

    private static Gen<(int Seed, Spell[] Spells)> Weather { get; } = Gen.Zip(
        Gen.Choose(0, int.MaxValue - 1),
        Gen.ArrayOf(
            from seconds in Gen.Choose(1, 200)
            from loss in Gen.Elements(0.0, 0.1, 0.5, 0.9, 1.0)
            from duplication in Gen.Elements(0.0, 0.3, 0.7)
            from delay in Gen.Elements(1, 50, 2000, 12000)
            from jump in Gen.Elements(0, 0, 3600, -3600, -100000000)
            from load in Gen.Elements(false, true)
            select new Spell(seconds, loss, duplication, delay, jump, load)))
        .Select(pair => (pair.Item1, pair.Item2));

    private static bool Survives((int Seed, Spell[] Spells) weather)
    {
        var network = new Network(weather.Seed);
        var (one, other) = network.Pair();
        var tag = 0u;
        foreach (var spell in weather.Spells)
        {
            (network.Loss, network.Duplication) = (spell.Loss, spell.Duplication);
            network.MaxDelay = TimeSpan.FromMilliseconds(spell.DelayMilliseconds);
            one.WallOffset += TimeSpan.FromSeconds(spell.ClockJump);
            other.UnderLoad = spell.UnderLoad;
            Talk(network, one, other, spell.Seconds, ref tag);
        }

        // In order too: a late packet of a session that is two sessions old is lost, as it should be.
        (network.Loss, network.Duplication, network.MaxDelay) = (0, 0, TimeSpan.FromTicks(1));
        (one.UnderLoad, other.UnderLoad) = (false, false);

        // A dead session is noticed after 15 seconds, a lost initiation repeated after 5, a lost response once more.
        Talk(network, one, other, 45, ref tag);
        var healed = tag;
        Talk(network, one, other, 300, ref tag);
        network.RunFor(Second);
        return Arrived(one, other.Number, healed, tag) && Arrived(other, one.Number, healed, tag);
    }

    private static void Talk(Network network, Node one, Node other, int seconds, ref uint tag)
    {
        for (var i = 0; i < seconds; i++)
        {
            one.SendTo(other, tag);
            other.SendTo(one, tag++);
            network.RunFor(Second);
        }
    }

    private static bool Arrived(Node node, byte from, uint healed, uint end)
    {
        var tags = node.Tags.ToHashSet();
        return tags.Count == node.Delivered.Count
            && node.Delivered.TrueForAll(p => p.AsSpan().SequenceEqual(Node.Packet(from, node.Number, BitConverter.ToUInt32(p, 20), 60)))
            && Enumerable.Range((int)healed, (int)(end - healed)).All(t => tags.Contains((uint)t));
    }
}
