using Wgns.Linux.Libcrypto;

namespace Wgns;

/// <summary>Random names of devices, within an interface's 15 bytes, by which they are told from anybody else's.</summary>
internal static class TemporaryName
{
    private const string Prefix = "wgns-";
    private const int Digits = 8;

    internal static string New() => Prefix + KernelRandom.Hex(Digits);

    internal static bool Is(string name) =>
        name.Length == Prefix.Length + Digits && name.StartsWith(Prefix, StringComparison.Ordinal) && name.Skip(Prefix.Length).All(char.IsAsciiHexDigitLower);
}
