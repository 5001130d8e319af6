using Wgns.WireGuard.Primitives;

namespace Wgns.WireGuard.Handshakes;

/// <summary>
/// The secret from which the cookie of any address is made again when it is needed, so that nothing is kept for strangers (the
/// paper, 5.4.7). Another one every two minutes.
/// </summary>
internal sealed class CookieSecret(IPrimitives primitives, IRandom random) : IDisposable
{
    private readonly Secret _secret = new();
    private TimeSpan? _born;

    internal void CookieFor(TimeSpan now, in Endpoint source, Span<byte> cookie)
    {
        if (_born is not { } born || now - born >= Constants.CookieMaxAge)
        {
            random.Fill(_secret.Span);
            _born = now;
        }

        Span<byte> address = stackalloc byte[Endpoint.MaxBytes];
        primitives.Mac(_secret.Span, address[..source.WriteAddress(address)], cookie);
    }

    public void Dispose() => _secret.Dispose();
}
