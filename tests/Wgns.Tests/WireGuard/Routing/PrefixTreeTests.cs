using FsCheck;
using FsCheck.Fluent;
using Wgns.WireGuard.Routing;

namespace Wgns.Tests.WireGuard.Routing;

public sealed class PrefixTreeTests
{
    private static Config Often(int times) => Config.QuickThrowOnFailure.WithMaxTest(times).WithEndSize(120).WithReplay(11, 13);

    // Few distinct bits, so that prefixes nest, fork and repeat.
    private static Gen<(uint Bits, int Length, int Value)[]> Changes { get; } = (
        from bits in Gen.OneOf(Gen.Choose(0, 3).Select(b => (uint)b << 30), Gen.Choose(int.MinValue, int.MaxValue).Select(b => (uint)b & 0xF00F000F))
        from length in Gen.OneOf(Gen.Choose(0, 32), Gen.Elements(0, 1, 8, 16, 24, 31, 32))
        from value in Gen.Choose(-3, 6)
        select (bits, length, value)).ArrayOf();

    [Test]
    public void The_longest_prefix_wins_as_in_a_list() => Check.One(Often(3000), Prop.ForAll(Changes.ToArbitrary(), changes =>
    {
        var tree = new PrefixTree<uint, string>();
        var wide = new PrefixTree<UInt128, string>();
        var list = new Dictionary<(uint Bits, int Length), string>();
        foreach (var (bits, length, value) in changes)
        {
            var key = (Masked(bits, length), length);
            if (value < 0)
            {
                var had = list.Remove(key);
                if (tree.Remove(bits, length) != had || wide.Remove((UInt128)bits << 96, length) != had)
                {
                    return false;
                }
            }
            else
            {
                var had = list.GetValueOrDefault(key);
                list[key] = $"{value}";
                if (tree.Set(bits, length, $"{value}") != had || wide.Set((UInt128)bits << 96, length, $"{value}") != had)
                {
                    return false;
                }
            }
        }

        return Probes(changes).All(address =>
        {
            var expected = list.Where(p => Masked(address, p.Key.Length) == p.Key.Bits).OrderByDescending(p => p.Key.Length).FirstOrDefault().Value;
            return tree.Find(address) == expected && wide.Find((UInt128)address << 96) == expected;
        })
            && list.Keys.All(p => tree.Remove(p.Bits, p.Length) && wide.Remove((UInt128)p.Bits << 96, p.Length))
            && tree.Find(0) is null;
    }));

    [Test]
    public void A_whole_IPv6_address_and_everything_are_prefixes_too()
    {
        var tree = new PrefixTree<UInt128, string>();
        tree.Find(0).Should().BeNull();
        tree.Set(UInt128.MaxValue, 0, "all");
        tree.Set(5, 128, "five");
        tree.Set(4, 127, "both");
        tree.Find(5).Should().Be("five");
        tree.Find(4).Should().Be("both");
        tree.Find(UInt128.MaxValue).Should().Be("all");
        tree.Remove(0, 0).Should().BeTrue();
        tree.Remove(0, 0).Should().BeFalse();
        tree.Find(6).Should().BeNull();
        tree.Find(4).Should().Be("both");
    }

    [Test]
    public void Who_looks_up_during_changes_sees_the_prefix_that_stays()
    {
        var tree = new PrefixTree<uint, string>();
        tree.Set(0x0A000000, 8, "stays");
        using var stop = new CancellationTokenSource();
        var wrong = 0L;
        var looked = 0L;
        var reader = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                wrong += tree.Find(0x0A010203) is "stays" or "comes" ? 0 : 1;
                looked++;
            }
        });
        reader.Start();
        var random = new Random(3);
        for (var i = 0; i < 200000 || Volatile.Read(ref looked) < 1000; i++)
        {
            var length = random.Next(0, 33);
            if (length == 8)
            {
                continue;
            }

            tree.Set(0x0A010203, length, "comes");
            tree.Remove(0x0A010203, length);
        }

        stop.Cancel();
        reader.Join();
        wrong.Should().Be(0);
    }

    private static uint Masked(uint bits, int length) => length == 0 ? 0 : bits & (uint.MaxValue << (32 - length));

    private static IEnumerable<uint> Probes((uint Bits, int Length, int Value)[] changes) =>
        changes.SelectMany(c => new[] { c.Bits, c.Bits + 1, c.Bits - 1, c.Bits ^ (1u << (31 - Math.Min(c.Length, 31))) }).Append(0u).Append(uint.MaxValue);
}
