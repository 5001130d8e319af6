using System.Collections.Immutable;

namespace Wgns.Verification;

/// <summary>What a command that `exec` started tells of where it is.</summary>
/// <param name="ResolvConf">Content of /etc/resolv.conf; null where it cannot be read.</param>
/// <param name="NsswitchConf">Of /etc/nsswitch.conf.</param>
/// <param name="Reachable">Sockets of <see cref="HostSockets"/> that it could connect to.</param>
/// <param name="HasVsock">Whether it could make an AF_VSOCK socket.</param>
/// <param name="Answers">What became of a lookup by each server of its resolv.conf.</param>
public sealed record InsideView(
    string? ResolvConf, string? NsswitchConf, ImmutableArray<string> Reachable, bool HasVsock, ImmutableArray<LookupAnswer> Answers);

/// <param name="Problem">Why there was no answer; null where there was one, be it that there is no such name.</param>
/// <param name="Link">The link that the kernel sends a packet to the server by; null where there is no way.</param>
/// <param name="Grew">Whether that link received something while the server was asked.</param>
public sealed record LookupAnswer(string Server, string? Problem, string? Link = null, bool Grew = false);
