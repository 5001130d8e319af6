using FsCheck;
using FsCheck.Fluent;
using Wgns.Linux;
using Wgns.Linux.Genetlink;
using Wgns.Linux.Netlink;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.WireGuard;

namespace Wgns.Tests.Linux.Netlink;

/// <summary>Whatever arrives, reading it ends with values or with EPROTO (ENOBUFS for an overrun), never otherwise.</summary>
public sealed class MessageFuzzTests
{
    private static readonly Family s_family = new(30, "wireguard", 1);

    [Test]
    public void Any_bytes_are_read_or_refused() => Check(ArbMap.Default.GeneratorFor<byte[]>());

    [Test]
    public void Messages_with_any_payload_are_read_or_refused() => Check(
        from type in Gen.Elements<ushort>(16, 20, 24, 30, 2, 3)
        from payload in ArbMap.Default.GeneratorFor<byte[]>()
        select Message(type, payload));

    [Test]
    public void Messages_of_sound_attributes_with_any_values_are_read_or_refused() => Check(
        from type in Gen.Elements<ushort>(16, 20, 24, 30, 2, 3)
        from header in Gen.Choose(0, 16)
        from tree in Tree(3)
        select Message(type, [.. new byte[header], .. tree]));

    [Test]
    public void A_sound_message_with_bytes_flipped_is_read_or_refused()
    {
        using var writer = new MessageWriter(s_family.Id);
        writer.Struct(default(GenlMsgHdr));
        using (writer.Nest(Wg.WGDEVICE_A_PEERS))
        using (writer.Nest(0))
        {
            writer.Bytes(Wg.WGPEER_A_PUBLIC_KEY, new byte[32]).Bytes(Wg.WGPEER_A_ENDPOINT, new byte[28])
                .Bytes(Wg.WGPEER_A_LAST_HANDSHAKE_TIME, new byte[16]);
            using (writer.Nest(Wg.WGPEER_A_ALLOWEDIPS))
            using (writer.Nest(0))
            {
                writer.Bytes(Wg.WGALLOWEDIP_A_IPADDR, new byte[4]).U8(Wg.WGALLOWEDIP_A_CIDR_MASK, 32);
            }
        }

        var sound = writer.Finish(0, 0).ToArray();
        Check(
            from flips in Gen.Choose(0, sound.Length - 1).Two().Select(p => new[] { p.Item1, p.Item2 })
            from values in ArbMap.Default.GeneratorFor<byte>().Two()
            select Flip(sound, flips[0], values.Item1, flips[1], values.Item2));
    }

    private static void Check(Gen<byte[]> datagrams) => FsCheck.Fluent.Prop
        .ForAll(datagrams.ToArbitrary(), IsReadOrRefused)
        .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(4000).WithEndSize(200));

    private static bool IsReadOrRefused(byte[] datagram)
    {
        Func<ScriptedNetlink, object?>[] readers =
        [
            n => new Rtnl(n).GetLinks(),
            n => new Rtnl(n).GetAddresses(),
            n => new Rtnl(n).GetRoutes(),
            n => new Rtnl(n).GetRoutesOfEveryTable(),
            n => new Rtnl(n).GetRules(),
            n => new Rtnl(n).RouteTo(System.Net.IPAddress.Loopback),
            n => Family.Resolve(n, "wireguard"),
            ReadDevice,
        ];
        foreach (var read in readers)
        {
            using var netlink = new ScriptedNetlink();
            for (var i = 0; i < 6; i++)
            {
                // Routes are asked for twice, once a family; an interrupted dump three times.
                netlink.Answer(datagram, ScriptedNetlink.Done());
            }

            try
            {
                read(netlink);
            }
            catch (KernelException)
            {
                // Refused, by its own verdict (any errno may be in it) or as malformed.
            }
        }

        return true;
    }

    private static WireGuardDevice? ReadDevice(ScriptedNetlink netlink)
    {
        using var request = new MessageWriter(16);
        using var reply = netlink.Dump(request);
        return DeviceDecoding.Decode(reply, s_family);
    }

    private static byte[] Message(ushort type, byte[] payload) =>
    [
        .. BitConverter.GetBytes(16 + payload.Length), .. BitConverter.GetBytes(type), 0, 0, .. new byte[8], .. payload,
    ];

    private static Gen<byte[]> Tree(int depth) =>
        from count in Gen.Choose(0, 3)
        from attributes in Gen.ArrayOf(Attribute(depth), count)
        select attributes.SelectMany(a => a).ToArray();

    private static Gen<byte[]> Attribute(int depth) =>
        from type in Gen.Choose(0, 40)
        from value in depth == 0 ? ArbMap.Default.GeneratorFor<byte[]>() : Gen.OneOf(Tree(depth - 1), Sized())
        select (byte[])
        [
            .. BitConverter.GetBytes((ushort)(4 + value.Length)), .. BitConverter.GetBytes((ushort)type), .. value,
            .. new byte[-value.Length & 3],
        ];

    private static Gen<byte[]> Sized() =>
        from size in Gen.Elements(0, 1, 2, 4, 8, 16, 28, 32)
        from value in Gen.ArrayOf(ArbMap.Default.GeneratorFor<byte>(), size)
        select value;

    private static byte[] Flip(byte[] sound, int first, byte firstValue, int second, byte secondValue)
    {
        var flipped = sound.ToArray();
        flipped[first] = firstValue;
        flipped[second] = secondValue;
        return flipped;
    }
}
