using System.Net;
using System.Net.Sockets;

namespace Wgns.Resolution;

/// <summary>Looks endpoint names up where this process is: in the birthplace netns, never inside the namespace.</summary>
public sealed class Lookup(Func<string, IPAddress[]> query, Action<TimeSpan> wait)
{
    /// <summary>Pauses between tries while the resolver says to try again, as it does while a machine boots: 7 s in all.</summary>
    private static readonly TimeSpan[] Pauses =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];

    /// <summary>getaddrinfo(3) with the machine's own resolv.conf and hosts.</summary>
    public static Lookup System { get; } = new(Dns.GetHostAddresses, Thread.Sleep);

    /// <summary>The addresses in the order of RFC 6724, or none and the reason.</summary>
    public IReadOnlyList<IPAddress> Find(string host, out string? problem)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                problem = null;
                return query(host);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TryAgain && attempt < Pauses.Length)
            {
                wait(Pauses[attempt]);
            }
            catch (SocketException e)
            {
                problem = Words(e);
                return [];
            }
        }
    }
    // The runtime has errno(3)'s words for "try again", which speak of resources.
    private static string Words(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.TryAgain => "no name server answers",
        SocketError.HostNotFound => "there is no such name",
        SocketError.NoData => "the name has no address",
        _ => e.Message,
    };
}
