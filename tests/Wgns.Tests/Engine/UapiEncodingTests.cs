using System.Net;
using System.Text;
using Wgns.Engine;
using Wgns.Linux.WireGuard;
using Wgns.Tests.Linux.Genetlink;

namespace Wgns.Tests.Engine;

public sealed class UapiEncodingTests
{
    [Test]
    public void Reading_is_one_line() => Text(UapiEncoding.Get()).Should().Be("get=1\n\n");

    [Test]
    public void A_change_with_everything_is_the_protocol_s_lines_in_its_order()
    {
        using var key = Peers.Secret(0x1f);
        using var preshared = Peers.Secret(0xe2);
        var peer = Peers.Change(
            Peers.Key(0xab), updateOnly: true, presharedKey: preshared, endpoint: IPEndPoint.Parse("[2001:db8::1]:51820"),
            keepalive: 25, replace: true, allowedIps: ["10.0.0.0/8", "::/0"]);
        Text(UapiEncoding.Set(new DeviceChange(key, 51820, 0xca6c, [peer]))).Should().Be(
            $"""
            set=1
            private_key={Repeat("1f")}
            listen_port=51820
            fwmark=51820
            public_key={Repeat("ab")}
            update_only=true
            preshared_key={Repeat("e2")}
            endpoint=[2001:db8::1]:51820
            persistent_keepalive_interval=25
            replace_allowed_ips=true
            allowed_ip=10.0.0.0/8
            allowed_ip=::/0


            """);
    }

    [Test]
    public void What_is_not_named_is_not_sent() =>
        Text(UapiEncoding.Set(Peers.Of(Peers.Change(Peers.Key(0xab))))).Should().Be($"set=1\npublic_key={Repeat("ab")}\n\n");

    [Test]
    public void A_removed_peer_is_its_key_and_the_word_alone() =>
        Text(UapiEncoding.Set(Peers.Of(Peers.Change(Peers.Key(0xab), remove: true, keepalive: 25))))
            .Should().Be($"set=1\npublic_key={Repeat("ab")}\nremove=true\n\n");

    [Test]
    public void Disposal_wipes_the_request()
    {
        using var key = Peers.Secret(0x1f);
        var text = UapiEncoding.Set(new DeviceChange(key, null, null, []));
        var bytes = text.Span;
        text.Dispose();
        bytes.ContainsAnyExcept((byte)0).Should().BeFalse();
    }

    private static string Text(SecretBuffer buffer)
    {
        using (buffer)
        {
            return Encoding.UTF8.GetString(buffer.Span);
        }
    }

    private static string Repeat(string hex) => string.Concat(Enumerable.Repeat(hex, 32));
}
