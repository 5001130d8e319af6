using System.Diagnostics;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Sockets;

namespace Wgns.Engine.Embedded;

/// <summary>
/// The socket that wg(8) and we configure the engine by: one caller at a time, each with as many requests as it likes. Whoever
/// may connect may read the keys, so it is its owner's alone.
/// </summary>
internal sealed class UapiSocket : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Until a caller is accepted again who could not be, in milliseconds.</summary>
    private const int Pause = 500;

    /// <summary>Far beyond any configuration.</summary>
    private const int LongestRequest = 64 * 1024 * 1024;

    /// <summary>For a whole request, and for all that it is answered: the next caller waits for this one.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly UnixListener _listener;
    private readonly string _path;
    private readonly Lock _lock = new();
    private UnixStream? _caller;
    private bool _isDisposed;

    /// <summary>Takes the place of what an engine that was killed left there.</summary>
    internal UapiSocket(string path)
    {
        _path = path;

        // It gets its name when it listens: wg(8) removes a socket that refuses it, as one does between bind(2) and listen(2).
        var unheard = path + ".new";
        File.Delete(unheard);
        _listener = UnixListener.Bind(unheard);
        File.SetUnixFileMode(unheard, OwnerOnly);
        _listener.Listen(16);
        File.Move(unheard, path, overwrite: true);
    }

    /// <summary>Answers until it is disposed.</summary>
    /// <param name="answered">Told after each caller.</param>
    internal void Run(ConfiguredDevice configured, EngineLog log, Action answered)
    {
        var isShort = false;
        while (true)
        {
            using var caller = _listener.Accept(out var errno);
            if (!TryAttend(caller))
            {
                return;
            }

            if (caller is null)
            {
                // Descriptors or memory have run out, and will be there again; who called waits meanwhile.
                if (!isShort)
                {
                    log.Write($"{_path} is not answered for now: {errno}");
                }

                isShort = true;
                Thread.Sleep(Pause);
                continue;
            }

            isShort = false;
            var broken = Converse(caller, configured);
            _ = TryAttend(null);
            if (!broken.IsNone)
            {
                log.Write($"a caller of {_path}: {broken}");
            }

            answered();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _caller?.End();
        }

        File.Delete(_path);
        _listener.Dispose();
    }

    /// <returns>False where it is disposed of, which a caller who says nothing does not delay.</returns>
    private bool TryAttend(UnixStream? caller)
    {
        lock (_lock)
        {
            _caller = caller;
            return !_isDisposed;
        }
    }

    /// <returns>What ended the conversation before the caller did.</returns>
    private static Errno Converse(UnixStream caller, ConfiguredDevice configured)
    {
        while (true)
        {
            using var request = new SecretBuffer(4096);
            var begun = Stopwatch.GetTimestamp();
            while (!UapiDecoding.IsComplete(request.Span))
            {
                var received = 0;
                var errno = request.Length > LongestRequest ? Errno.None : caller.Receive(request.Reserve(4096), TimeLeft.Of(s_patience, begun), out received);
                if (!errno.IsNone || received == 0)
                {
                    return errno;
                }

                request.Commit(received);
            }

            using var answer = new SecretBuffer(4096);
            for (var rest = request.Span; !rest.IsEmpty;)
            {
                var end = rest.IndexOf("\n\n"u8);
                var one = end < 0 ? rest : rest[..(end + 2)];
                Answer(one, answer, configured);
                rest = rest[one.Length..];
            }

            begun = Stopwatch.GetTimestamp();
            for (var rest = answer.Span; !rest.IsEmpty;)
            {
                var errno = caller.Send(rest, TimeLeft.Of(s_patience, begun), out var sent);
                if (!errno.IsNone)
                {
                    return errno;
                }

                rest = rest[sent..];
            }
        }
    }

    private static void Answer(ReadOnlySpan<byte> request, SecretBuffer answer, ConfiguredDevice configured)
    {
        var end = request.IndexOf((byte)'\n') + 1;
        var errno = Errno.EINVAL;
        if (request[..end].SequenceEqual("get=1\n"u8))
        {
            UapiAnswer.Device(answer, configured);
            errno = Errno.None;
        }
        else if (request[..end].SequenceEqual("set=1\n"u8))
        {
            errno = new UapiOrder(configured).CarryOut(request[end..]);
        }

        UapiAnswer.Verdict(answer, errno);
    }
}
