using System.Diagnostics;
using Wgns.Linux.WireGuard;

namespace Wgns.Tests.Linux.WireGuard;

public sealed class X25519Tests
{
    // RFC 7748, section 6.1: Alice's and Bob's.
    [TestCase(
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")]
    [TestCase(
        "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")]
    public void A_public_key_is_the_one_of_the_RFC(string privateKey, string publicKey)
    {
        using var key = new SecretKey(Convert.FromHexString(privateKey));
        Convert.ToHexStringLower(X25519.PublicKeyOf(key).Span).Should().Be(publicKey);
    }

    [Test]
    public void A_public_key_is_the_one_that_wg_prints()
    {
        for (var i = 0; i < 20; i++)
        {
            using var key = X25519.GeneratePrivateKey();
            Wg("pubkey", Convert.ToBase64String(key.Span)).Should().Be(X25519.PublicKeyOf(key).ToString());
        }
    }

    [Test]
    public void A_new_private_key_is_clamped_and_another_one_each_time()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => X25519.GeneratePrivateKey()).ToList();
        keys.All(k => (k.Span[0] & 7) == 0 && (k.Span[31] & 0xC0) == 0x40).Should().BeTrue();
        keys.Select(k => Convert.ToHexString(k.Span)).Should().OnlyHaveUniqueItems();
        keys.ForEach(k => k.Dispose());
    }

    [Test]
    public void A_new_preshared_key_uses_all_its_bits()
    {
        var or = new byte[32];
        var and = Enumerable.Repeat((byte)0xFF, 32).ToArray();
        for (var i = 0; i < 200; i++)
        {
            using var key = X25519.GeneratePresharedKey();
            for (var b = 0; b < 32; b++)
            {
                or[b] |= key.Span[b];
                and[b] &= key.Span[b];
            }
        }

        or.Should().OnlyContain(b => b == 0xFF);
        and.Should().OnlyContain(b => b == 0);
    }

    private static string Wg(string verb, string input)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("wg", [verb]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("wireguard-tools is not installed");
            throw;
        }

        using (process)
        {
            process.StandardInput.WriteLine(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return output;
        }
    }
}
