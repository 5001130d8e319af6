using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Wgns.Linux.Processes;

/// <summary>A program to be started.</summary>
/// <param name="Path">Where it is: no PATH search, see <see cref="ProgramSearch"/>.</param>
/// <param name="Arguments">argv from 1 on; argv[0] is <paramref name="Path"/>.</param>
public sealed record SpawnRequest(string Path, ImmutableArray<string> Arguments)
{
    /// <summary>NAME=VALUE; null is our own environment.</summary>
    public IReadOnlyCollection<string>? Environment { get; init; }

    /// <summary>Null is /dev/null.</summary>
    public OwnedFd? Input { get; init; }

    /// <summary>Null is /dev/null.</summary>
    public OwnedFd? Output { get; init; }

    /// <summary>Null is the same as <see cref="Output"/>.</summary>
    public OwnedFd? Errors { get; init; }

    /// <summary>Null is ours.</summary>
    public string? WorkingDirectory { get; init; }
}

/// <summary>Starts programs that get nothing of this process but what the request says.</summary>
/// <remarks>
/// A session of its own (no terminal, no group to be signalled with), every signal at its default, none blocked, no
/// descriptor above 2, and RLIMIT_NOFILE as we got it. May be used on a netns thread: the child starts in that netns.
/// </remarks>
public static unsafe class Spawn
{
    private static readonly Lock LimitLowered = new();

    // glibc 2.34, and not in musl.
    private static readonly delegate* unmanaged<byte*, int, int> AddCloseFrom = FindAddCloseFrom();

    /// <summary>Starts the program; it has been executed when this returns.</summary>
    /// <exception cref="KernelException">ENOENT, EACCES and whatever else execve(2) says of the program.</exception>
    public static ProcessIdentity Start(SpawnRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        DescriptorLimit.Know();
        ChildProcess.Expect();
        using var argv = new NativeStrings([request.Path, .. request.Arguments]);
        using var envp = new NativeStrings(request.Environment ?? CurrentEnvironment());
        var attributes = stackalloc byte[Libc.SpawnAttributesSize];
        var actions = stackalloc byte[Libc.SpawnActionsSize];
        Check(Libc.posix_spawnattr_init(attributes), "prepare a process");
        Check(Libc.posix_spawn_file_actions_init(actions), "prepare a process");
        try
        {
            SetSignalsAndSession(attributes);
            using var input = Above(request.Input);
            using var output = Above(request.Output);
            using var errors = Above(request.Errors ?? request.Output);
            SetDescriptors(actions, request, input, output, errors);
            var pid = Execute(request.Path, argv, envp, actions, attributes);
            return ProcessIdentity.Of(pid) ?? throw new KernelException($"look at process {pid}", Errno.ESRCH);
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Ours, as NAME=VALUE.</summary>
    /// <param name="but">Tells by its name whether one is left out; null leaves out none.</param>
    public static List<string> CurrentEnvironment(Predicate<string>? but = null)
    {
        var variables = new List<string>();
        foreach (System.Collections.DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            if (but?.Invoke((string)variable.Key) != true)
            {
                variables.Add($"{variable.Key}={variable.Value}");
            }
        }

        return OwnWords.ExactVariables(variables);
    }

    private static int Execute(string path, NativeStrings argv, NativeStrings envp, byte* actions, byte* attributes)
    {
        // posix_spawn has no action for a limit. Lowering our own for as long as it takes affects no open descriptor.
        lock (LimitLowered)
        {
            var raised = DescriptorLimit.Lower();
            int pid;
            var errno = Libc.posix_spawn(&pid, argv.First, actions, attributes, argv.Pointer, envp.Pointer);
            if (raised is { } limit)
            {
                DescriptorLimit.Set(limit);
            }

            return errno == 0 ? pid : throw new KernelException($"start {path}", new Errno(errno));
        }
    }

    private static void SetSignalsAndSession(byte* attributes)
    {
        var signals = stackalloc byte[Libc.SignalSetSize];

        // By hand: sigfillset(3) leaves out two that glibc keeps for itself, and its posix_spawn then ignores these.
        new Span<byte>(signals, Libc.SignalSetSize).Fill(0xFF);
        Check(Libc.posix_spawnattr_setsigdefault(attributes, signals), "set a process's signals");
        _ = Libc.sigemptyset(signals);
        Check(Libc.posix_spawnattr_setsigmask(attributes, signals), "set a process's signal mask");
        Check(Libc.posix_spawnattr_setflags(
            attributes, Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK | Libc.POSIX_SPAWN_SETSID), "set a process's session");
    }

    private static void SetDescriptors(byte* actions, SpawnRequest request, OwnedFd? input, OwnedFd? output, OwnedFd? errors)
    {
        SetDescriptor(actions, 0, input, Libc.O_RDONLY);
        SetDescriptor(actions, 1, output, Libc.O_WRONLY);
        SetDescriptor(actions, 2, errors, Libc.O_WRONLY);
        if (AddCloseFrom != null)
        {
            Check(AddCloseFrom(actions, 3), "close a process's descriptors");
        }
        else
        {
            Descriptors.CloseOnExec();
        }

        if (request.WorkingDirectory is { } directory)
        {
            fixed (byte* path = Encoding.UTF8.GetBytes(directory + "\0"))
            {
                Check(Libc.posix_spawn_file_actions_addchdir_np(actions, path), "set a process's directory");
            }
        }
    }

    private static void SetDescriptor(byte* actions, int number, OwnedFd? from, int flags)
    {
        fixed (byte* devNull = "/dev/null\0"u8)
        {
            Check(
                from is null
                    ? Libc.posix_spawn_file_actions_addopen(actions, number, devNull, flags, 0)
                    : Libc.posix_spawn_file_actions_adddup2(actions, from.Value, number),
                "set a process's descriptors");
        }
    }

    private static OwnedFd? Above(OwnedFd? fd) => fd is null ? null : Descriptors.Duplicate(fd.Value);

    private static void Check(int errno, string operation)
    {
        if (errno != 0)
        {
            throw new KernelException(operation, new Errno(errno));
        }
    }

    private static delegate* unmanaged<byte*, int, int> FindAddCloseFrom() =>
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "posix_spawn_file_actions_addclosefrom_np", out var address)
            ? (delegate* unmanaged<byte*, int, int>)address
            : null;
}
