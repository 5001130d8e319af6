using System.Globalization;
using Wgns.Linux.Processes;

namespace Wgns.Rootless;

/// <summary>What a process of ours that was put into other namespaces is told by its environment. Commands get none of it.</summary>
public static class Surroundings
{
    /// <summary>The directory of its <see cref="RuntimePaths"/>.</summary>
    public const string Root = "WGNS_ROOT";

    /// <summary>Who holds the namespaces: PID:STARTTIME. Engines end with it.</summary>
    public const string Keeper = "WGNS_KEEPER";

    /// <summary>The pid of the process that waits for it, at whose end a command is killed.</summary>
    public const string Parent = "WGNS_PARENT";

    private const char Between = ':';

    public static bool IsOne(string variable) => variable is Root or Keeper or Parent;

    /// <summary>Our environment with these in it, as NAME=VALUE.</summary>
    public static List<string> Environment(string root, ProcessIdentity? keeper, int? parent)
    {
        var variables = Spawn.CurrentEnvironment(IsOne);
        variables.Add($"{Root}={root}");
        if (keeper is { } k)
        {
            variables.Add($"{Keeper}={Text(k)}");
        }

        if (parent is { } p)
        {
            variables.Add(string.Create(CultureInfo.InvariantCulture, $"{Parent}={p}"));
        }

        return variables;
    }

    /// <summary>Null where we were not put anywhere.</summary>
    public static string? OwnRoot => System.Environment.GetEnvironmentVariable(Root) is { Length: > 0 } root ? root : null;

    public static ProcessIdentity? OwnKeeper => Read(System.Environment.GetEnvironmentVariable(Keeper));

    public static int? OwnParent =>
        int.TryParse(System.Environment.GetEnvironmentVariable(Parent), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;

    public static string Text(ProcessIdentity process) => process.Text(Between);

    /// <summary>Null for what is no such text.</summary>
    public static ProcessIdentity? Read(string? text) => ProcessIdentity.Read(text, Between);
}
