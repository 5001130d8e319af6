using FsCheck;
using FsCheck.Fluent;
using Wgns.Linux.Forwarding;
using Wgns.WireGuard;

namespace Wgns.Tests.Linux.Forwarding;

public sealed class FlowTableTests
{
    private const long Timeout = 100;

    private static Endpoint Client(int number) => new((UInt128)(uint)number, 9, false);

    [Test]
    public void A_sender_is_known_until_its_time_is_over()
    {
        var table = new FlowTable<string>(8, Timeout);
        table.Due.Should().Be(long.MaxValue);
        table.Add(Client(1), "one", 0);
        table.Find(Client(1), 10).Should().Be("one");
        table.Due.Should().Be(110);
        table.TakeDue(109).Should().BeNull();
        table.TakeDue(110).Should().Be("one");
        table.Find(Client(1), 111).Should().BeNull();
        table.Count.Should().Be(0);
    }

    [Test]
    public void An_answer_keeps_a_sender_as_a_question_does()
    {
        var table = new FlowTable<string>(8, Timeout);
        table.Add(Client(1), "one", 0);
        table.Add(Client(2), "two", 1);
        table.Heard(Client(1), 50);
        table.TakeDue(149).Should().Be("two");
        table.TakeDue(149).Should().BeNull();
        table.TakeDue(150).Should().Be("one");
    }

    [Test]
    public void The_same_sender_at_another_of_our_addresses_is_another()
    {
        var table = new FlowTable<string>(8, Timeout);
        table.Add(Client(1) with { LocalAddress = 5 }, "five", 0);
        table.Find(Client(1) with { LocalAddress = 6 }, 0).Should().BeNull();
    }

    [Test]
    public void It_knows_whom_a_slow_and_obvious_list_knows() => Prop.ForAll(
        Gen.Choose(0, 39).ArrayOf().ToArbitrary(),
        steps =>
        {
            var table = new FlowTable<string>(4, Timeout);
            var slow = new List<(int Client, long Heard)>();
            var now = 0L;
            foreach (var step in steps)
            {
                now += step;
                var client = step % 7;
                while (table.TakeDue(now) is { } gone)
                {
                    slow.MinBy(s => s.Heard).Client.ToString().Should().Be(gone);
                    slow.Remove(slow.MinBy(s => s.Heard));
                }

                slow.All(s => s.Heard + Timeout > now).Should().BeTrue();
                if (table.Find(Client(client), now) is null)
                {
                    slow.Should().NotContain(s => s.Client == client);
                    if (table.IsFull)
                    {
                        table.TakeQuietest().Should().Be(slow[0].Client.ToString());
                        slow.RemoveAt(0);
                    }

                    table.Add(Client(client), client.ToString(), now);
                }
                else
                {
                    slow.RemoveAll(s => s.Client == client).Should().Be(1);
                }

                slow.Add((client, now));
                table.Count.Should().Be(slow.Count);
            }
        }).QuickCheckThrowOnFailure();
}
