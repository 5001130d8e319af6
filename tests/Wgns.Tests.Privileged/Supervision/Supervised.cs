using System.Net.Sockets;
using System.Text;

namespace Wgns.Tests.Privileged.Supervision;

/// <summary>`wgns supervise` as a service manager runs it, and all that it tells the manager.</summary>
internal sealed class Supervised : IDisposable
{
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<string> _told = [];
    private readonly Lab _lab;
    private static int s_count;

    /// <param name="prefix">What starts it: a command that becomes it, or nothing.</param>
    internal Supervised(Lab lab, IReadOnlyDictionary<string, string?>? environment = null, params string[] prefix)
    {
        _lab = lab;
        var path = Path.Combine(lab.Directory, $"notify{Interlocked.Increment(ref s_count)}");
        _manager.Bind(new UnixDomainSocketEndPoint(path));
        new Thread(Listen) { IsBackground = true }.Start();
        string[] command = [.. prefix, Cli.Binary, "supervise", lab.Config];
        Process = lab.Own(new Running(command[0], command[1..], environment: new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>())
        {
            ["NOTIFY_SOCKET"] = path,
        }));
        lab.Own(this);
    }

    internal Running Process { get; }

    internal string[] Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    /// <summary>The lines of all datagrams so far, in their order.</summary>
    internal string[] Lines => [.. Told.SelectMany(t => t.Split('\n'))];

    /// <summary>Waits until a datagram holds the words, from the one numbered on.</summary>
    internal string Hear(string words, int from = 0, int seconds = 60)
    {
        string? Heard() => Told.Skip(from).FirstOrDefault(t => t.Contains(words, StringComparison.Ordinal));
        Until.True(() => Heard() is not null || Process.HasEnded, seconds);
        return Heard() ?? throw new AssertionException($"it never told '{words}', but: {string.Join(" | ", Told)}{(Process.HasEnded ? Process.End().Words : Process.Lines())}");
    }

    internal Supervised ShouldBeReady(int seconds = 60)
    {
        Hear("READY=1", seconds: seconds);
        _lab.Remember();
        return this;
    }

    /// <summary>SIGTERM, as `systemctl stop` sends it.</summary>
    internal Answer Stop() => Process.Signal("TERM").End();

    public void Dispose() => _manager.Dispose();

    private void Listen()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var length = _manager.Receive(buffer);
                lock (_told)
                {
                    _told.Add(Encoding.UTF8.GetString(buffer, 0, length));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The lab closed.
        }
    }
}
