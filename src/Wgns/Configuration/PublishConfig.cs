namespace Wgns.Configuration;

/// <summary>One way back in: who connects to <paramref name="Listen"/> on the host is connected to <paramref name="Connect"/> inside.</summary>
/// <param name="IdleSeconds">How long the proxy stays without a connection, 1-86400 s; 0 is for good.</param>
public sealed record PublishConfig(StreamAddress Listen, StreamAddress Connect, int IdleSeconds);
