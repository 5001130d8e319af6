using Wgns.Diagnostics;
using Wgns.Linux.WireGuard;

namespace Wgns.Configuration;

/// <summary>The secret keys of a configuration while a command needs them. Disposing wipes all of them.</summary>
public sealed class KeyRing : IDisposable
{
    private readonly Dictionary<KeySource, SecretKey> _keys = [];

    private CredentialDirectory? _credentials;
    private FileReading _reading;

    private KeyRing()
    {
    }

    /// <summary>A ring without keys, for runs that set none.</summary>
    public static KeyRing Empty() => new();

    /// <summary>Reads every key that <paramref name="config"/> names; what cannot be had is in the diagnostics.</summary>
    /// <param name="credentials">Where credentials are; null is this machine's own places.</param>
    public static KeyRing Load(
        NamespaceConfig config,
        List<Diagnostic> diagnostics,
        CredentialDirectory? credentials = null,
        FileReading reading = FileReading.Once)
    {
        ArgumentNullException.ThrowIfNull(config);
        var ring = new KeyRing
        {
            _credentials = credentials ?? CredentialDirectory.Of(config.Name),
            _reading = reading,
        };
        foreach (var item in config.Interfaces)
        {
            ring.Add(item.PrivateKey, "privateKeyFile", diagnostics);
            foreach (var psk in item.Peers.Select(p => p.PresharedKey).OfType<KeySource>())
            {
                ring.Add(psk, "presharedKeyFile", diagnostics);
            }
        }

        return ring;
    }

    /// <summary>
    /// Takes the credentials that an earlier ring has instead of what was read now. A unit's credentials are those of its
    /// start, and systemd 252 all the same brings new ones into sight with each ExecReload=.
    /// </summary>
    public void KeepCredentials(KeyRing earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        foreach (var source in _keys.Keys.OfType<KeySource.Credential>().ToList())
        {
            if (earlier.Find(source) is { } key)
            {
                _keys[source].Dispose();
                _keys[source] = new SecretKey(key.Span);
            }
        }
    }

    /// <summary>Null where it could not be read.</summary>
    public SecretKey? Find(KeySource source) => _keys.GetValueOrDefault(source);

    /// <summary>A key that <see cref="Load"/> is known to have read.</summary>
    public SecretKey this[KeySource source] =>
        _keys.TryGetValue(source, out var key)
            ? key
            : throw new InvalidOperationException($"no key was read for {source}");

    public void Dispose()
    {
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }

        _keys.Clear();
    }

    private void Add(KeySource source, string option, List<Diagnostic> diagnostics)
    {
        if (_keys.ContainsKey(source))
        {
            return;
        }

        var key = source switch
        {
            KeySource.Inline inline => new SecretKey(inline.Key.Span),
            KeySource.File file => KeyFile.Read(file, option, diagnostics, _reading),
            KeySource.Credential credential => _credentials?.Find(credential, option, diagnostics) is { } file
                ? KeyFile.Read(file, option, diagnostics, _reading)
                : null,
            _ => null,
        };
        if (key is not null)
        {
            _keys.Add(source, key);
        }
    }
}
