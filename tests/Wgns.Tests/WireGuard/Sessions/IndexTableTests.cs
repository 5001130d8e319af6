using Wgns.WireGuard.Sessions;

namespace Wgns.Tests.WireGuard.Sessions;

public sealed class IndexTableTests
{
    [Test]
    public void Indexes_are_unique_found_while_they_stand_and_gone_after()
    {
        var table = new IndexTable(new SeededRandom(4));
        var random = new Random(5);
        var known = new Dictionary<uint, object>();
        for (var i = 0; i < 20000; i++)
        {
            if (known.Count > 0 && random.Next(3) == 0)
            {
                var index = known.Keys.ElementAt(random.Next(Math.Min(known.Count, 50)));
                known.Remove(index);
                table.Remove(index);
                table.Find(index).Should().BeNull();
            }
            else
            {
                var index = table.Reserve();
                table.Find(index).Should().BeNull();
                var value = new object();
                known.Add(index, value);
                table.Put(index, value);
            }
        }

        table.Count.Should().Be(known.Count);
        known.Should().OnlyContain(pair => table.Find(pair.Key) == pair.Value);
        Enumerable.Range(0, 10000).Select(_ => (uint)random.NextInt64(1L << 32)).Where(i => !known.ContainsKey(i))
            .Should().OnlyContain(i => table.Find(i) == null);
    }

    [Test]
    public void What_is_not_there_can_be_neither_replaced_nor_removed()
    {
        var table = new IndexTable(new SeededRandom(4));
        var index = table.Reserve();
        table.Put(index, "one");
        table.Put(index ^ 0x8000_0000, "other");
        table.Remove(index ^ 0x8000_0000);
        table.Find(index).Should().Be("one");
        table.Find(index ^ 0x8000_0000).Should().BeNull();
    }
}
