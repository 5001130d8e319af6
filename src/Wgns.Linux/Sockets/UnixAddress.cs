using System.Text;

namespace Wgns.Linux.Sockets;

/// <summary>struct sockaddr_un of unix(7): the family, and a path that ends with NUL or an abstract name that begins with one.</summary>
public static class UnixAddress
{
    /// <summary>Of a path, in bytes, without its NUL.</summary>
    public const int LongestPath = Room - 1;

    /// <summary>Of sun_path, in bytes.</summary>
    internal const int Room = 108;

    /// <summary>As long as what it holds.</summary>
    /// <exception cref="ArgumentException">The path is longer than <see cref="LongestPath"/>.</exception>
    internal static byte[] Of(string path) => Of(Encoding.UTF8.GetBytes(path + "\0"));

    /// <param name="name">With its NUL.</param>
    /// <exception cref="ArgumentException">It is longer than <see cref="Room"/>.</exception>
    internal static byte[] Of(ReadOnlySpan<byte> name) => name.Length <= Room
        ? [.. BitConverter.GetBytes((ushort)Libc.AF_UNIX), .. name]
        : throw new ArgumentException($"the path is longer than {LongestPath} bytes", nameof(name));
}
