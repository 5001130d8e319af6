namespace Wgns.Nscd;

/// <summary>What is to be done with what a caller has said so far.</summary>
public enum NscdVerdict
{
    /// <summary>It has not said enough.</summary>
    More,

    /// <summary>The host's nscd may be asked.</summary>
    Forward,

    /// <summary>It wants to know who listens.</summary>
    Greet,

    /// <summary>Hang up: the C library then looks for itself, by nsswitch.conf.</summary>
    Refuse,
}

/// <summary>
/// Requests of nscd's protocol, version 2: three numbers of 32 bits in the machine's order (version, type, length of the
/// key) and the key. Names and numbers are those of glibc's nscd/nscd-client.h.
/// </summary>
public static class NscdRequest
{
    public const int HeaderLength = 12;

    /// <summary>MAXKEYLEN: glibc sends no longer one, and nscd takes none.</summary>
    public const int LongestKey = 1024;

    public const int Longest = HeaderLength + LongestKey;

    private const int NSCD_VERSION = 2;

    private const int GETPWBYNAME = 0;
    private const int GETPWBYUID = 1;
    private const int GETGRBYNAME = 2;
    private const int GETGRBYGID = 3;
    private const int INITGROUPS = 15;

    /// <summary>"wgns": no type of nscd's, which hangs up on it.</summary>
    private const int WhoListens = 0x77676E73;

    /// <summary>Asks a socket whether a filter of ours listens there: nothing that anybody would look up.</summary>
    public static byte[] Greeting => Of(WhoListens, []);

    /// <summary>The filter's answer to <see cref="Greeting"/>, and nobody else's.</summary>
    public static byte[] GreetingAnswer => [.. Greeting[..8], .. "filter\0\0"u8];

    /// <param name="received">From the beginning. Never more of it is looked at than <paramref name="length"/>.</param>
    /// <param name="length">
    /// Of the request, in bytes, as far as it is known, from <see cref="HeaderLength"/> to <see cref="Longest"/>.
    /// </param>
    public static NscdVerdict Judge(ReadOnlySpan<byte> received, out int length)
    {
        length = HeaderLength;
        if (received.Length < HeaderLength)
        {
            return NscdVerdict.More;
        }

        var (version, type, key) = (Number(received, 0), Number(received, 1), Number(received, 2));
        if (version != NSCD_VERSION || key < 0 || key > LongestKey)
        {
            return NscdVerdict.Refuse;
        }

        if (type == WhoListens)
        {
            return key == 0 ? NscdVerdict.Greet : NscdVerdict.Refuse;
        }

        // Of what is not named here nothing is known to stay on this machine: hosts, services, netgroups, whatever a later
        // glibc asks. Nor are descriptors of nscd's databases handed on (GETFDPW and so on): with one, nobody would ask us.
        if (type is not (GETPWBYNAME or GETPWBYUID or GETGRBYNAME or GETGRBYGID or INITGROUPS) || key == 0)
        {
            return NscdVerdict.Refuse;
        }

        length = HeaderLength + key;
        return received.Length < length ? NscdVerdict.More : NscdVerdict.Forward;
    }

    internal static byte[] Of(int type, ReadOnlySpan<byte> key)
    {
        var request = new byte[HeaderLength + key.Length];
        BitConverter.TryWriteBytes(request, NSCD_VERSION);
        BitConverter.TryWriteBytes(request.AsSpan(4), type);
        BitConverter.TryWriteBytes(request.AsSpan(8), key.Length);
        key.CopyTo(request.AsSpan(HeaderLength));
        return request;
    }

    private static int Number(ReadOnlySpan<byte> bytes, int index) => BitConverter.ToInt32(bytes[(4 * index)..]);
}
