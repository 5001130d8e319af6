using System.Globalization;

namespace Wgns.Tests.Privileged;

/// <summary>Whether an engine listens, told without calling it: wg(8) removes a socket that refuses it, as one does between bind(2) and listen(2).</summary>
internal static class UapiListening
{
    // __SO_ACCEPTCON, in the flags of unix_seq_show, net/unix/af_unix.c.
    private const string Listens = "00010000";

    internal static string PathOf(string ifname) => $"/var/run/wireguard/{ifname}.sock";

    /// <param name="pid">Of the engine, or of what becomes it.</param>
    internal static bool Is(int pid, string ifname) => File.Exists(PathOf(ifname)) && Sockets(pid).Any(s =>
        s.Contains(Listens, StringComparison.Ordinal) && s.Contains(' ' + PathOf(ifname), StringComparison.Ordinal));

    // Each line: address, references, protocol, flags, type, state, inode, path.
    private static string[] Sockets(int pid)
    {
        try
        {
            return File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/net/unix"));
        }
        catch (IOException)
        {
            // It has ended.
            return [];
        }
    }
}
