using Wgns.Diagnostics;
using Wgns.Linux.WireGuard;

namespace Wgns.Configuration;

/// <summary>Where a secret key comes from.</summary>
public abstract record KeySource
{
    private KeySource()
    {
    }

    /// <summary>A file with the key's base64 in its first line.</summary>
    /// <param name="Span">Where the configuration names it; not part of what it is.</param>
    public sealed record File(string Path, SourceSpan Span = default) : KeySource
    {
        public bool Equals(File? other) => other is not null && Path == other.Path;

        public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

        public override string ToString() => Path;
    }

    /// <summary>A credential of the unit wgns@NAMESPACE.service (LoadCredential= of systemd.exec(5)).</summary>
    /// <param name="Span">Where the configuration names it; not part of what it is.</param>
    public sealed record Credential(string Name, SourceSpan Span = default) : KeySource
    {
        public bool Equals(Credential? other) => other is not null && Name == other.Name;

        public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

        public override string ToString() => CredentialName.Prefix + Name;
    }

    /// <summary>A key written in the configuration itself. It prints redacted and compares by fingerprint.</summary>
    public sealed record Inline(SecretKey Key) : KeySource
    {
        public bool Equals(Inline? other) => other is not null && Key.Fingerprint() == other.Key.Fingerprint();

        public override int GetHashCode() => Key.Fingerprint().GetHashCode();

        public override string ToString() => "(inline key)";
    }
}
