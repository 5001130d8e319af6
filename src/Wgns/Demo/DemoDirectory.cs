using System.Security.Cryptography;
using Wgns.Execution;
using Wgns.Linux.Files;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Demo;

/// <summary>
/// A demo's own directory, /run/wgns-demo.XXXXXXXX with mode 0700, for who is not root in one that goes with the demo: the keys,
/// the client's configuration, and what is needed to clean up after a demo that was killed.
/// </summary>
internal sealed class DemoDirectory
{
    private const string Parent = "/run";

    /// <summary>The name of the provider's record, in the format of every other state file.</summary>
    private const string ProviderRecord = "provider";

    private const string Prefix = "wgns-demo.";

    private DemoDirectory(string path) => Path = path;

    internal string Path { get; }

    /// <summary>Eight hexadecimal digits, which also name the cable: nobody else has a link of that name.</summary>
    internal string Suffix => Path[(Path.LastIndexOf('.') + 1)..];

    internal string HostCable => $"wgnsd-{Suffix}";

    internal string ConfigPath => $"{Path}/wgns-demo.toml";

    internal static DemoDirectory Create(RuntimePaths paths)
    {
        var path = $"{ParentIn(paths)}/{Prefix}{KernelRandom.Hex(8)}";
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new DemoDirectory(path);
    }

    /// <summary>Those of earlier demos. /run is root's alone, so nobody else can have made them.</summary>
    internal static IReadOnlyList<DemoDirectory> Leftovers(RuntimePaths paths) =>
        [.. Directory.EnumerateDirectories(ParentIn(paths), Prefix + "????????").Order(StringComparer.Ordinal).Select(p => new DemoDirectory(p))];

    /// <summary>Engine logs and the provider's record are in here and not in /run/wgns.</summary>
    internal RuntimePaths Paths(RuntimePaths system) => system with { State = Path };

    internal EngineRecord? RecordedEngine(RuntimePaths system) =>
        new StateDirectory(Paths(system)).Load(ProviderRecord)?.Interfaces.FirstOrDefault()?.Engine;

    /// <summary>Before the engine is started, and again when its pid is known.</summary>
    internal void Record(RuntimePaths system, EngineRecord engine) => new StateDirectory(Paths(system)).Save(
        new StateRecord { Namespace = ProviderRecord, Interfaces = [new InterfaceRecord(Provider.Ifname, engine)] });

    internal string WriteKey(string name, SecretKey key)
    {
        var path = $"{Path}/{name}";
        Span<byte> text = stackalloc byte[KeyText.LineLength];
        try
        {
            KeyText.WriteLine(key, text);
            AtomicFile.Write(path, text, Permissions.OwnerOnly, fsync: false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }

        return path;
    }

    internal void WriteConfig(string text) =>
        AtomicFile.Write(ConfigPath, System.Text.Encoding.UTF8.GetBytes(text), Permissions.OwnerOnly, fsync: false);

    private static string ParentIn(RuntimePaths paths) => paths.Hidden is null ? Parent : paths.State;

    internal void Remove()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
