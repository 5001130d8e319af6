using System.Collections.Immutable;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Nftables;
using Wgns.Linux.Processes;

// become exec NETNS [--user USER] [--bind SOURCE:TARGET] [--overlay DIRECTORY] -- COMMAND…
// become userns PROGRAM [ARGUMENT…]
// become check            nft text on stdin, dry run in a netns of its own
// become threads NETNS    visits, rules and collections there; then the netns of every thread of ours
// become sockets          which of 0, 1 and 2 are network sockets
// become spawn PROGRAM [ARGUMENT…]
var terminal = InheritedTerminal.Capture();
return args switch
{
    ["exec", var netns, .. var rest] => Exec(netns, rest),
    ["userns", var program, .. var arguments] => InUserNamespace(program, arguments),
    ["check"] => Check(),
    ["threads", var netns] => ListThreads(netns),
    ["sockets"] => ListSockets(),
    ["spawn", var program, .. var arguments] => Start(program, arguments),
    _ => Complain("usage: become exec|userns|check|threads|sockets|spawn …", 2),
};

int Exec(string name, string[] rest)
{
    var split = Array.IndexOf(rest, "--");
    var (user, mounts) = Options(rest[..split]);
    if (new NetnsDirectory().Open(name) is not NetnsLookup.Found found)
    {
        return Complain($"no netns {name}", 1);
    }

    var failure = Become.Run(new BecomeRequest(found.Netns.Fd, name, [.. rest[(split + 1)..]])
    {
        NetnsDirectory = NetnsDirectory.DefaultPath,
        User = user,
        Mounts = mounts,
        Terminal = terminal,
    });

    // Shows that out and err are still open after a failure.
    return Complain($"{failure.Step}: {failure.Errno}", failure.ExitStatus);
}

static (UserAccount? User, ImmutableArray<MountStep> Mounts) Options(string[] options)
{
    UserAccount? user = null;
    var mounts = ImmutableArray.CreateBuilder<MountStep>();
    for (var i = 0; i + 1 < options.Length; i += 2)
    {
        switch (options[i])
        {
            case "--user":
                user = UserAccount.TryFind(options[i + 1], out var problem) ?? throw new ArgumentException(problem);
                break;
            case "--bind":
                mounts.Add(new MountStep(options[i + 1].Split(':')[0], options[i + 1].Split(':')[1]));
                break;
            case "--overlay":
                mounts.Add(new MountStep("test", "/etc", "overlay", $"lowerdir={options[i + 1]}:/etc", ReadOnly: true));
                break;
        }
    }

    return (user, mounts.ToImmutable());
}

static int InUserNamespace(string program, string[] arguments)
{
    var request = new UserNamespaceRequest([.. arguments])
    {
        Program = program,
        Input = Console.IsInputRedirected ? ReadInput() : default,
        Timeout = TimeSpan.FromSeconds(10),
    };
    switch (UserNamespaceProcess.Run(request))
    {
        case UserNamespaceResult.Ended ended:
            Console.Out.Write(ended.Command.Output);
            Console.Error.Write(ended.Command.Errors);
            return ended.Command.ExitStatus;
        case UserNamespaceResult.Unavailable no:
            return Complain($"{no.Step}: {no.Errno.Value} {no.Errno}", 77);
        default:
            return 1;
    }
}

static int Check()
{
    var result = NftNetns.Check(System.Text.Encoding.UTF8.GetString(ReadInput()));
    return result.Succeeded ? 0 : Complain(result.ErrorText, 1);
}

static int Start(string program, string[] arguments)
{
    var result = Command.Run(new SpawnRequest(program, [.. arguments]), default, TimeSpan.FromSeconds(10));
    Console.Out.Write(result.Output);
    return result.ExitStatus;
}

static int ListThreads(string name)
{
    using var netns = ((NetnsLookup.Found)new NetnsDirectory().Open(name)).Netns;
    for (var i = 0; i < 20; i++)
    {
        NetnsThread.Run(netns.Fd, () =>
        {
            for (var j = 0; j < 2000; j++)
            {
                GC.KeepAlive(new byte[50_000]);
            }

            GC.Collect();
        });
        if (!NftNetns.Load(netns.Fd, "table inet t { chain c { type filter hook input priority 0; ct state new accept; }; }").Succeeded)
        {
            return 1;
        }
    }

    // A thread's kernel task may outlive Join by a moment; it is at home by then.
    foreach (var task in Directory.GetDirectories("/proc/self/task"))
    {
        Console.WriteLine(new FileInfo(task + "/ns/net").LinkTarget);
    }

    return 0;
}

static int ListSockets()
{
    Console.WriteLine(string.Join(' ', Descriptors.NetworkSocketsOnStandard()));
    return 0;
}

static byte[] ReadInput()
{
    using var input = Console.OpenStandardInput();
    using var bytes = new MemoryStream();
    input.CopyTo(bytes);
    return bytes.ToArray();
}

static int Complain(string words, int status)
{
    Console.Error.WriteLine(words);
    return status;
}
