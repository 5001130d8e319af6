using System.Net.Sockets;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Nscd;

namespace Wgns.Tests.Nscd;

/// <summary>The filter between callers and a host's nscd that is a thread of the test's.</summary>
public sealed class NscdFilterTests
{
    private FilterStand _stand = null!;

    [SetUp]
    public void Stand() => _stand = new FilterStand();

    [TearDown]
    public void Fall() => _stand.Dispose();

    [Test]
    public void A_user_is_answered_by_the_host_byte_for_byte_however_long_it_is()
    {
        foreach (var length in new[] { 1, 36, 4096, 4097, 300_000 })
        {
            _stand.Answer = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
            _stand.Ask(NscdRequest.Of(0, "somebody\0"u8)).Should().Equal(_stand.Answer);
        }

        _stand.Asked.Should().HaveCount(5).And.AllSatisfy(r => r.Should().Equal(NscdRequest.Of(0, "somebody\0"u8)));
    }

    [Test]
    public void A_host_is_not_asked_for_and_the_caller_is_hung_up_on()
    {
        foreach (var type in Enumerable.Range(4, 11).Concat([16, 17, 18, 19, 20, 21]))
        {
            _stand.Ask(NscdRequest.Of(type, "leak.test\0"u8)).Should().BeEmpty("{0}", type);
        }

        _stand.Asked.Should().BeEmpty();
    }

    [Test]
    public void A_request_in_pieces_is_put_together_and_what_follows_it_goes_nowhere()
    {
        using var caller = _stand.Call();
        foreach (var piece in NscdRequest.Of(1, "1000\0"u8).Concat(NscdRequest.Of(14, "leak.test\0"u8)).Chunk(5))
        {
            try
            {
                caller.Send(piece);
            }
            catch (SocketException)
            {
                // It has its answer already, and was hung up on.
                break;
            }
        }

        FilterStand.All(caller).Should().Equal(_stand.Answer);
        _stand.Asked.Should().ContainSingle().Which.Should().Equal(NscdRequest.Of(1, "1000\0"u8));
    }

    [Test]
    public void Whoever_says_nothing_or_too_little_is_hung_up_on_and_keeps_nobody_waiting()
    {
        var silent = Enumerable.Range(0, NscdFilter.MostCalls - 1).Select(_ => _stand.Call()).ToList();
        silent[0].Send(NscdRequest.Of(0, "root\0"u8).AsSpan(0, 14));
        _stand.Ask(NscdRequest.Of(0, "root\0"u8)).Should().Equal(_stand.Answer);
        silent.Should().OnlyContain(s => FilterStand.All(s).Length == 0);
        _stand.Asked.Should().ContainSingle();
        silent.ForEach(s => s.Dispose());
    }

    [Test]
    public void More_callers_than_there_is_room_for_wait_and_are_answered()
    {
        var callers = Enumerable.Range(0, 2 * NscdFilter.MostCalls).Select(_ => _stand.Call()).ToList();
        callers.ForEach(c => c.Send(NscdRequest.Of(2, "wheel\0"u8)));
        callers.Should().OnlyContain(c => FilterStand.All(c).SequenceEqual(_stand.Answer));
        callers.ForEach(c => c.Dispose());
    }

    [Test]
    public void An_answer_without_end_is_cut_off()
    {
        _stand.Answer = new byte[20 * 1024 * 1024];
        _stand.Ask(NscdRequest.Of(3, "0\0"u8)).Length.Should().BeInRange(1, 16 * 1024 * 1024);
    }

    [Test]
    public void Without_an_nscd_the_caller_is_hung_up_on_and_it_is_said_once()
    {
        _stand.StopHost();
        _stand.Ask(NscdRequest.Of(0, "root\0"u8)).Should().BeEmpty();
        _stand.Ask(NscdRequest.Of(0, "root\0"u8)).Should().BeEmpty();
        _stand.Said.Should().ContainSingle().Which.Should().StartWith(_stand.HostPath);
    }

    [Test]
    public void It_ends_when_nobody_calls_and_not_while_somebody_does()
    {
        var others = Enumerable.Range(0, 20).Select(_ => _stand.Call()).ToList();
        _stand.Ended.Reset();
        _stand.Ask(NscdRequest.Of(0, "root\0"u8)).Should().Equal(_stand.Answer);
        _stand.Ended.IsSet.Should().BeFalse("twenty others have not said anything yet");
        others.ForEach(o => o.Dispose());
        _stand.Ended.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue();
    }

    [Test]
    public void It_tells_itself_from_an_nscd_and_from_nobody()
    {
        NscdFilter.ListensAt(_stand.Path).Should().BeTrue();
        NscdFilter.ListensAt(_stand.HostPath).Should().BeFalse();
        NscdFilter.ListensAt(_stand.Path + ".nobody").Should().BeFalse();
    }

    [Test]
    public void Whatever_bytes_come_it_goes_on_and_asks_the_host_for_nothing_but_users_and_groups()
    {
        var numbers = Gen.Elements(0, 1, 2, 3, 4, 14, 15, 21, 1024, 1025, -1, int.MaxValue);
        var requests =
            from version in Gen.Frequency((9, Gen.Constant(2)), (1, numbers))
            from type in numbers
            from key in Gen.OneOf(Gen.Choose(0, 12), numbers)
            from rest in ArbMap.Default.GeneratorFor<byte[]>()
            select (byte[])[.. BitConverter.GetBytes(version), .. BitConverter.GetBytes(type), .. BitConverter.GetBytes(key), .. rest];
        Prop.ForAll(requests.ToArbitrary(), bytes =>
        {
            using var caller = _stand.Call();
            caller.Send(bytes);
            caller.Shutdown(SocketShutdown.Send);
            FilterStand.All(caller);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(60));
        _stand.Asked.Should().NotBeEmpty().And.OnlyContain(r => IsOfUsers(r));
        _stand.Ask(NscdRequest.Of(0, "root\0"u8)).Should().Equal(_stand.Answer);
    }

    private static bool IsOfUsers(byte[] request) =>
        request[0] == 2 && request[4] is 0 or 1 or 2 or 3 or 15 && request.Length == 12 + BitConverter.ToInt32(request, 8);
}
