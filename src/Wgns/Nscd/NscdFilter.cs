using System.Net.Sockets;

namespace Wgns.Nscd;

/// <summary>
/// What the confined find where the C library looks for nscd: users and groups are looked up by the host's nscd, and nothing
/// else is. One thread, one wait for all callers, and so many of them at once that it cannot grow.
/// </summary>
/// <param name="listener">The socket that it is asked at, listening. Not disposed here.</param>
/// <param name="host">Path of the host's nscd.</param>
/// <param name="say">Is told, once, that there is no nscd.</param>
public sealed class NscdFilter(Socket listener, string host, Action<string> say)
{
    /// <summary>Where the C library looks for nscd.</summary>
    public const string HostDirectory = "/run/nscd";

    /// <summary>The host's nscd, or whatever stands for it (nsncd, unscd).</summary>
    public const string HostSocket = $"{HostDirectory}/socket";

    /// <summary>Where the filter listens on the host: a directory of its own, which the confined get for <see cref="HostDirectory"/>.</summary>
    public const string Directory = "/run/wgns-nscd";

    /// <summary>More wait in the socket's own queue.</summary>
    internal const int MostCalls = 64;

    private readonly List<FilteredCall> _calls = [];
    private bool _saidSo;

    /// <summary>Answers until nobody has called for a while.</summary>
    /// <param name="idle">How long that is; the manager that listens too starts another one for the next caller.</param>
    public void Run(TimeSpan idle)
    {
        listener.Blocking = false;
        while (true)
        {
            var read = _calls.Where(c => !c.WaitsToWrite).Select(c => c.Waiting).ToList();
            var write = _calls.Where(c => c.WaitsToWrite).Select(c => c.Waiting).ToList();
            if (_calls.Count < MostCalls)
            {
                read.Add(listener);
            }

            var patience = _calls.Count == 0 ? idle : _calls.Min(c => c.Left);
            Socket.Select(read, write, null, patience);
            if (_calls.Count == 0 && read.Count == 0)
            {
                return;
            }

            var ready = read.Concat(write).ToHashSet();
            foreach (var call in _calls.Where(c => !(ready.Contains(c.Waiting) ? GoesOn(c) : c.Left > TimeSpan.Zero)).ToList())
            {
                _calls.Remove(call);
                call.Dispose();
            }

            if (ready.Contains(listener))
            {
                Accept();
            }
        }
    }

    /// <summary>Whether a filter of ours listens at a path: whoever else does hangs up on the question, and looks nothing up.</summary>
    public static bool ListensAt(string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            {
                // It may have to be started.
                ReceiveTimeout = 5000,
                SendTimeout = 1000,
            };
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send(NscdRequest.Greeting);
            var answer = new byte[NscdRequest.GreetingAnswer.Length];
            for (var length = 0; length < answer.Length;)
            {
                var received = socket.Receive(answer.AsSpan(length));
                if (received == 0)
                {
                    return false;
                }

                length += received;
            }

            return answer.AsSpan().SequenceEqual(NscdRequest.GreetingAnswer);
        }
        catch (SocketException)
        {
            // Nobody listens, or says anything: then it is none of ours.
            return false;
        }
    }

    private bool GoesOn(FilteredCall call)
    {
        try
        {
            return call.Left > TimeSpan.Zero && call.Continue(host);
        }
        catch (SocketException e)
        {
            // The caller is hung up on, and looks for itself.
            if (!_saidSo && !File.Exists(host))
            {
                say($"{host}: {e.Message}");
                _saidSo = true;
            }

            return false;
        }
    }

    private void Accept()
    {
        try
        {
            _calls.Add(new FilteredCall(listener.Accept()));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.ConnectionAborted)
        {
            // It went while it was waiting.
        }
    }
}
