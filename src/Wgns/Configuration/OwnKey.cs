using Wgns.Diagnostics;
using Wgns.Linux.WireGuard;

namespace Wgns.Configuration;

/// <summary>An interface with its own public key for a peer: the usual mistake with two keys at hand, and the kernel leaves such a peer out without a word.</summary>
internal static class OwnKey
{
    internal static Diagnostic? Problem(InterfaceConfig item, WireGuardKey publicKey, string source) =>
        item.Peers.Any(p => p.PublicKey.Equals(publicKey))
            ? Diagnostic.Error(
                SpanOf(item, source),
                $"{item.Ifname} has its own public key {publicKey} for a peer",
                "a peer's publicKey is that of the other end: `wgns pubkey` prints this end's, for the other's configuration")
            : null;

    /// <summary>The private key itself in that place, where everybody may see it.</summary>
    internal static Diagnostic? Shown(InterfaceConfig item, SecretKey key, string source) =>
        item.Peers.Any(p => p.PublicKey.Span.SequenceEqual(key.Span))
            ? Diagnostic.Error(
                SpanOf(item, source),
                $"{item.Ifname} has its own private key for a peer's publicKey, which is shown to everybody",
                "a peer's publicKey is that of the other end; make this end a new key, since others may have seen this one: `wgns genkey`")
            : null;

    private static SourceSpan SpanOf(InterfaceConfig item, string source) => item.PrivateKey switch
    {
        KeySource.File file => file.Span,
        KeySource.Credential credential => credential.Span,
        _ => SourceSpan.WholeOf(source),
    };
}
