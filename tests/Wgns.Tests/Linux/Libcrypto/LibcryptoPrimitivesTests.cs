using System.Text;
using Wgns.Linux.Libcrypto;
using Wgns.WireGuard.Primitives;

namespace Wgns.Tests.Linux.Libcrypto;

public sealed class LibcryptoPrimitivesTests
{
    private static readonly LibcryptoPrimitives Primitives = new();
    private static readonly byte[] Counting = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];

    [Test]
    public void BLAKE2s_is_the_one_of_RFC_7693()
    {
        Hash("abc"u8, default).Should().Be("508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
        Hash("a"u8, "bc"u8).Should().Be("508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
    }

    // Expected values here and below: the reference implementation, through Python's hashlib and hmac.
    [TestCase(0, "69217a3079908094e11121d042354a7c1f55b6482ca1a51e1b250dfd1ed0eef9")]
    [TestCase(1, "e34d74dbaf4ff4c6abd871cc220451d2ea2648846c7757fbaac82fe51ad64bea")]
    [TestCase(64, "56f34e8b96557e90c1f24b52d0c89d51086acf1b00f634cf1dde9233b8eaaa3e")]
    [TestCase(65, "1b53ee94aaf34e4b159d48de352c7f0661d0a40edff95a0b1639b4090e974472")]
    [TestCase(200, "6d244e1a06ce4ef578dd0f63aff0936706735119ca9c8d22d86c801414ab9741")]
    public void A_hash_of_two_parts_is_the_hash_of_both_together(int length, string expected)
    {
        for (var cut = 0; cut <= length; cut += 13)
        {
            Hash(Counting.AsSpan(0, cut), Counting.AsSpan(cut, length - cut)).Should().Be(expected);
        }
    }

    [TestCase(16, 0, "af4e5d3bb230e9ff9096ca6f7c501f76")]
    [TestCase(16, 1, "881e42e7bb358082637c0a0fd7ec6c2f")]
    [TestCase(16, 64, "dd55c51c98f8ab96ed272882941f0b6a")]
    [TestCase(16, 116, "b9b1bbba1b59e4349d1018f97d243fca")]
    [TestCase(16, 200, "b8d300fa7937e4d1e67c8468df4c9a43")]
    [TestCase(32, 0, "9536f9b267655743dee97b8a670f9f53")]
    [TestCase(32, 1, "13bacfb85b48a1223c595f8c1e7e82cb")]
    [TestCase(32, 64, "f1efa90d2547036841ecd3627fafbc36")]
    [TestCase(32, 116, "072e94ffbfc684bd8ab2a1b9dade2fd5")]
    [TestCase(32, 200, "42a6f8ff590af21b512e9e088257aa34")]
    public void Keyed_BLAKE2s_takes_keys_of_16_and_32_bytes(int keyLength, int length, string expected)
    {
        var mac = new byte[16];
        Primitives.Mac(Counting.AsSpan(0, keyLength), Counting.AsSpan(0, length), mac);
        Convert.ToHexStringLower(mac).Should().Be(expected);
    }

    [TestCase(32, 0, "e2641d24dfa8dd89e8cb77f1cdc77d8c006e5bebdfc4d6a3a3a6f8d5b7586fb0")]
    [TestCase(32, 33, "3d83dfea00d3d4b8c054cd14ae63867405c8e182c4034db1b2268d716c4642c3")]
    [TestCase(64, 200, "690ee478866a3698f0ed2e87e8b25fcb63e56f6c2e6baa69acec75b6d645d1ae")]
    [TestCase(65, 10, "cea036be11cff046d088bf296fc25a467d05a661d95908c289f6ab9133a5f423")]
    public void HMAC_is_the_one_of_RFC_2104_over_BLAKE2s(int keyLength, int length, string expected)
    {
        var mac = new byte[32];
        Primitives.Hmac(Counting.AsSpan(0, keyLength), Counting.AsSpan(0, length), mac);
        Convert.ToHexStringLower(mac).Should().Be(expected);
    }

    // RFC 7748, 5.2.
    [TestCase(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [TestCase(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void X25519_is_the_one_of_RFC_7748(string privateKey, string point, string expected)
    {
        using var key = Primitives.OpenPrivateKey(Hex(privateKey));
        var secret = new byte[32];
        key.TryAgree(Hex(point), secret).Should().BeTrue();
        Convert.ToHexStringLower(secret).Should().Be(expected);
    }

    [Test]
    public void A_thousand_rounds_of_X25519_are_those_of_RFC_7748()
    {
        var k = new byte[32];
        k[0] = 9;
        var u = (byte[])k.Clone();
        for (var i = 0; i < 1000; i++)
        {
            using var key = Primitives.OpenPrivateKey(k);
            var next = new byte[32];
            key.TryAgree(u, next).Should().BeTrue();
            (u, k) = (k, next);
        }

        Convert.ToHexStringLower(k).Should().Be("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
    }

    // Points of small order: RFC 7748, 6.1, and the list in https://cr.yp.to/ecdh.html#validate.
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000")]
    [TestCase("0100000000000000000000000000000000000000000000000000000000000000")]
    [TestCase("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [TestCase("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    public void X25519_refuses_a_point_of_small_order(string point)
    {
        using var key = Primitives.OpenPrivateKey(Counting.AsSpan(0, 32));
        var secret = Enumerable.Repeat((byte)1, 32).ToArray();
        key.TryAgree(Hex(point), secret).Should().BeFalse();
        secret.Should().OnlyContain(b => b == 0);
    }

    [Test]
    public void HChaCha20_is_the_one_of_the_draft()
    {
        var derived = new byte[32];
        Primitives.HChaCha20(Counting.AsSpan(0, 32), Hex("000000090000004a0000000031415927"), derived);
        Convert.ToHexStringLower(derived).Should().Be("82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc");
    }

    [Test]
    public void XChaCha20_Poly1305_is_the_one_of_the_draft()
    {
        var plain = Encoding.ASCII.GetBytes(
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
        var key = Enumerable.Range(0x80, 32).Select(i => (byte)i).ToArray();
        var nonce = Enumerable.Range(0x40, 24).Select(i => (byte)i).ToArray();
        var associated = Hex("50515253c0c1c2c3c4c5c6c7");
        using var aead = Primitives.CreateAead();
        var result = new byte[plain.Length + 16];
        XAead.Seal(Primitives, aead, key, nonce, associated, plain, result);
        Convert.ToHexStringLower(result).Should().Be(
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e"
            + "c0875924c1c7987947deafd8780acf49");
        var opened = new byte[plain.Length];
        XAead.TryOpen(Primitives, aead, key, nonce, associated, result, opened).Should().BeTrue();
        opened.Should().Equal(plain);
        XAead.TryOpen(Primitives, aead, key, nonce, associated.AsSpan(1), result, opened).Should().BeFalse();
    }

    private static string Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var hash = new byte[32];
        Primitives.Hash(first, second, hash);
        return Convert.ToHexStringLower(hash);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
