namespace Wgns.WireGuard.Sessions;

/// <summary>
/// A peer's sessions (the paper, 6.3). Current encrypts; previous still decrypts what was under way when it was replaced; next
/// is one we answered for, which must not encrypt before the other side has shown, by using it, that it holds the keys. Any
/// thread reads; changes are made under the peer's gate.
/// </summary>
internal sealed class Keypairs(IndexTable indexes)
{
    private Keypair? _previous;
    private Keypair? _current;
    private Keypair? _next;

    internal Keypair? Previous => Volatile.Read(ref _previous);

    internal Keypair? Current => Volatile.Read(ref _current);

    internal Keypair? Next => Volatile.Read(ref _next);

    /// <summary>
    /// Where both sides began at once, both take the session that one of them began, which one the keys tell. With one each nobody
    /// would use what he began, so nobody would renew it, and each would end as previous what the other encrypts with.
    /// </summary>
    internal bool PrefersOurs { get; set; }

    /// <summary>Puts a new session in its place.</summary>
    internal void Add(Keypair keypair)
    {
        if (keypair.IsInitiator)
        {
            // The response proves that the other side has the keys. One that waits for its first message goes on waiting where
            // both sides began at once: it is what the other side uses. (The kernel lets it take the place of previous and drops
            // the current one, and with it what is under way.) An older one, which nobody has used for REKEY_TIMEOUT, would be
            // brought back by a message that was held back on its way.
            if (_next is { } next && next.Rival != keypair.LocalIndex)
            {
                End(next);
                Volatile.Write(ref _next, null);
            }

            End(_previous);
            Volatile.Write(ref _previous, _current);
            Volatile.Write(ref _current, keypair);
        }
        else
        {
            End(_next);
            End(_previous);
            Volatile.Write(ref _previous, null);
            Volatile.Write(ref _next, keypair);
        }
    }

    /// <summary>A message came with <paramref name="keypair"/>: if it was waiting for that, it is one of the two that are in use now.</summary>
    /// <returns>Whether it was.</returns>
    internal bool Confirm(Keypair keypair)
    {
        if (_next != keypair)
        {
            return false;
        }

        End(_previous);
        if (PrefersOurs && _current is { } ours && ours.LocalIndex == keypair.Rival)
        {
            Volatile.Write(ref _previous, keypair);
        }
        else
        {
            Volatile.Write(ref _previous, _current);
            Volatile.Write(ref _current, keypair);
        }

        Volatile.Write(ref _next, null);
        return true;
    }

    /// <summary>Ends all of them and wipes their keys.</summary>
    internal void Clear()
    {
        End(Interlocked.Exchange(ref _previous, null));
        End(Interlocked.Exchange(ref _current, null));
        End(Interlocked.Exchange(ref _next, null));
    }

    private void End(Keypair? keypair)
    {
        if (keypair is not null)
        {
            indexes.Remove(keypair.LocalIndex);
            keypair.End();
        }
    }
}
