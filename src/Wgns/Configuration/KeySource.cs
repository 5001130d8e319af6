using Wgns.Linux.WireGuard;

namespace Wgns.Configuration;

/// <summary>Where a secret key comes from.</summary>
public abstract record KeySource
{
    private KeySource()
    {
    }

    /// <summary>A file with the key's base64 in its first line.</summary>
    public sealed record File(string Path) : KeySource
    {
        public override string ToString() => Path;
    }

    /// <summary>A key written in the configuration itself. It prints redacted and compares by fingerprint.</summary>
    public sealed record Inline(SecretKey Key) : KeySource
    {
        public bool Equals(Inline? other) => other is not null && Key.Fingerprint() == other.Key.Fingerprint();

        public override int GetHashCode() => Key.Fingerprint().GetHashCode();

        public override string ToString() => "(inline key)";
    }
}
