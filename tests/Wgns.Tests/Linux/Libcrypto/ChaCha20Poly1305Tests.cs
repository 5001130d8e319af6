using System.Text;
using Wgns.Linux.Libcrypto;

namespace Wgns.Tests.Linux.Libcrypto;

public sealed class ChaCha20Poly1305Tests
{
    private static readonly LibcryptoPrimitives Primitives = new();

    [Test]
    public void A_message_is_opened_as_in_RFC_8439()
    {
        // Appendix A.5: the vector whose nonce begins with 32 zero bits, as WireGuard's does.
        var key = Convert.FromHexString("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0");
        var associated = Convert.FromHexString("f33388860000000000004e91");
        var message = Convert.FromHexString(
            "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100d4f03b7f355894cf"
            + "332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c8559797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4"
            + "b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a"
            + "0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a1049e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29"
            + "a6ad5cb4022b02709beead9d67890cbb22392336fea1851f38");
        var plain = new byte[message.Length - 16];
        using var aead = Primitives.CreateAead();
        aead.TryOpen(key, 0x0807060504030201, associated, message, plain).Should().BeTrue();
        Encoding.UTF8.GetString(plain).Should().StartWith("Internet-Drafts are draft documents valid for a maximum of six months");

        var again = new byte[message.Length];
        aead.Seal(key, 0x0807060504030201, associated, plain, again);
        again.Should().Equal(message);
    }

    [Test]
    public void A_changed_bit_anywhere_is_noticed([Values(0, 1, 32, 100)] int length)
    {
        using var aead = Primitives.CreateAead();
        var key = new byte[32];
        var plain = new byte[length];
        var message = new byte[length + 16];
        aead.Seal(key, 7, default, plain, message);
        for (var bit = 0; bit < message.Length * 8; bit++)
        {
            message[bit / 8] ^= (byte)(1 << (bit % 8));
            aead.TryOpen(key, 7, default, message, plain).Should().BeFalse();
            message[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        aead.TryOpen(key, 7, default, message, plain).Should().BeTrue();
        aead.TryOpen(key, 8, default, message, plain).Should().BeFalse();
    }

    [Test]
    public void Encryption_in_place_is_encryption_to_elsewhere()
    {
        using var aead = Primitives.CreateAead();
        var random = new Random(1);
        for (var length = 0; length < 300; length++)
        {
            var key = new byte[32];
            var buffer = new byte[length + 16];
            var elsewhere = new byte[length + 16];
            random.NextBytes(key);
            random.NextBytes(buffer);
            var plain = buffer[..length];
            aead.Seal(key, (ulong)length, default, plain, elsewhere);
            aead.Seal(key, (ulong)length, default, buffer.AsSpan(0, length), buffer);
            buffer.Should().Equal(elsewhere);
            aead.TryOpen(key, (ulong)length, default, buffer, buffer.AsSpan(0, length)).Should().BeTrue();
            buffer[..length].Should().Equal(plain);
        }
    }

    [Test]
    public void Two_keys_in_turn_on_one_thread_stay_two_keys()
    {
        using var one = Primitives.CreateAead();
        byte[][] keys = [new byte[32], [.. Enumerable.Repeat((byte)9, 32)]];
        for (var i = 0UL; i < 20; i++)
        {
            if (i == 10)
            {
                one.Forget();
            }

            using var fresh = Primitives.CreateAead();
            var key = keys[i / 3 % 2];
            var mine = new byte[20];
            var expected = new byte[20];
            one.Seal(key, i, default, "wgns"u8, mine);
            fresh.Seal(key, i, default, "wgns"u8, expected);
            mine.Should().Equal(expected);
            one.TryOpen(key, i, default, expected, mine.AsSpan(0, 4)).Should().BeTrue();
        }
    }

    [Test]
    public void A_packet_allocates_nothing()
    {
        using var aead = Primitives.CreateAead();
        var key = new byte[32];
        var buffer = new byte[1436];
        aead.Seal(key, 1, default, buffer.AsSpan(0, 1420), buffer);
        aead.TryOpen(key, 1, default, buffer, buffer.AsSpan(0, 1420)).Should().BeTrue();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0UL; i < 1000; i++)
        {
            aead.Seal(key, i, default, buffer.AsSpan(0, 1420), buffer);
            _ = aead.TryOpen(key, i, default, buffer, buffer.AsSpan(0, 1420));
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }
}
