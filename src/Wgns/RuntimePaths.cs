using Wgns.Linux.Files;

namespace Wgns;

/// <summary>Where things are on this machine. Tests use other roots; users have one.</summary>
public sealed record RuntimePaths
{
    public static readonly RuntimePaths System = new();

    /// <summary>
    /// Everything below one directory: of a user's own namespaces, and of those that go with the command they are for. The
    /// name of the latter's begins with <see cref="OfOneRun"/>.
    /// </summary>
    public static RuntimePaths Below(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return new RuntimePaths
        {
            State = directory,
            Netns = $"{directory}/netns",
            EtcNetns = $"{directory}/etc",
            Uapi = $"{directory}/wireguard",
            Hidden = IsOfOneRun(directory) ? Path.GetDirectoryName(directory) : directory,
        };
    }

    /// <summary>What the name of a directory begins with that one run has to itself.</summary>
    public const string OfOneRun = "run-";

    internal static bool IsOfOneRun(string directory) => Path.GetFileName(directory).StartsWith(OfOneRun, StringComparison.Ordinal);

    /// <summary>What commands inside must not see: where engines' sockets and records are. Null where that is below /run alone.</summary>
    public string? Hidden { get; init; }

    /// <summary>This program, which is an engine too when it is asked to be; null where what runs is another, as in tests.</summary>
    public string? Program { get; init; }

    /// <summary>State files, locks and engine logs.</summary>
    public string State { get; init; } = "/run/wgns";

    /// <summary>Named network namespaces, as ip-netns(8) keeps them.</summary>
    public string Netns { get; init; } = "/run/netns";

    /// <summary>A namespace's own files, which ip-netns(8) puts over /etc.</summary>
    public string EtcNetns { get; init; } = "/etc/netns";

    /// <summary>UAPI sockets of userspace engines; the path is compiled into wg(8) and wireguard-go.</summary>
    public string Uapi { get; init; } = "/var/run/wireguard";

    public string StateFile(string name) => $"{State}/{name}.json";

    /// <summary>Who forwards for a supervised namespace.</summary>
    public string ForwardFile(string name) => $"{State}/{name}.forward";

    public string Lock(string name) => $"{State}/{name}.lock";

    /// <summary>Of what namespaces have in common on the host's links; no namespace is named so.</summary>
    public string LinksLock => $"{State}/.links.lock";

    /// <summary>Of the files that wgns writes for systemd.</summary>
    public string UnitsLock => $"{State}/.units.lock";

    /// <summary>Units of a namespace whose files were changed, and that may still run by the old ones.</summary>
    public string UnitsToRestart(string name) => $"{State}/{name}.units";

    public string NetnsFile(string name) => $"{Netns}/{name}";

    /// <summary>The file of a netns that is told by its name there, or by an absolute path.</summary>
    public string NetnsPlace(string nameOrPath) => nameOrPath.StartsWith('/') ? nameOrPath : NetnsFile(nameOrPath);

    public string EtcNetnsOf(string name) => $"{EtcNetns}/{name}";

    public string ResolvConf(string name) => $"{EtcNetns}/{name}/resolv.conf";

    public string NsswitchConf(string name) => $"{EtcNetns}/{name}/nsswitch.conf";

    public string UapiSocket(string device) => $"{Uapi}/{device}.sock";

    public string EngineLog(string name, string ifname) => $"{State}/{name}.{ifname}.log";

    /// <summary>What a hook prints, while it runs.</summary>
    public string HookLog(string name) => $"{State}/{name}.hook.log";

    /// <summary>Whoever plants a link there would have records, locks and logs written, and believed, where it leads.</summary>
    /// <exception cref="OperationFailedException">The state directory is a symbolic link.</exception>
    internal void RefuseLink() => RefuseLink(State);

    private static void RefuseLink(string directory)
    {
        if (new DirectoryInfo(directory).LinkTarget is { } target)
        {
            throw new OperationFailedException($"{directory} is a symbolic link (to {target}), and wgns follows none there: move it away");
        }
    }

    /// <summary>
    /// Makes the directory of the engines' sockets. Where a link leads it elsewhere, or others may write in it, whoever does could answer
    /// in an engine's place, and be given the private key.
    /// </summary>
    /// <exception cref="OperationFailedException">It is a symbolic link, or not its user's alone to change.</exception>
    internal void CreateUapi()
    {
        RefuseLink(Uapi);
        OpenDirectory.Create(Uapi);
        var there = FileOwner.Of(Uapi);
        if (!there.IsOursAlone)
        {
            throw new OperationFailedException(
                $"{Uapi} can be changed by others (uid {there.Uid}, mode {Convert.ToString(there.Mode, 8)}): who answers there in an engine's place is given private keys; "
                + $"remove what they put there, then `chown root:root {Uapi} && chmod 755 {Uapi}`");
        }
    }

    /// <summary>Makes the state directory, which everybody may list whatever the umask is.</summary>
    /// <exception cref="OperationFailedException">It is a symbolic link.</exception>
    public void CreateState()
    {
        RefuseLink();
        OpenDirectory.Create(State);
    }
}
