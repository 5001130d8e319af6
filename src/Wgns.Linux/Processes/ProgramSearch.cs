using System.Collections.Immutable;

namespace Wgns.Linux.Processes;

/// <summary>Where a command's name may lead, as execvp(3) has it.</summary>
public static class ProgramSearch
{
    /// <summary>What execvp(3) searches where PATH is not set, without the current directory that some have in it.</summary>
    public const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>This process's PATH without what the directory that somebody stands in would be asked for. Never empty.</summary>
    public static string OwnPath => string.Join(
        ':', (Environment.GetEnvironmentVariable("PATH") ?? DefaultPath).Split(':').Where(d => d.StartsWith('/')).DefaultIfEmpty("/usr/bin"));

    /// <summary>The paths to try in order: the name itself where it has a slash. An empty part of PATH is the current directory.</summary>
    public static ImmutableArray<string> Candidates(string name, string? path)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length == 0 ? []
            : name.Contains('/', StringComparison.Ordinal) ? [name]
            : [.. (path ?? DefaultPath).Split(':').Select(directory => directory.Length == 0 ? "./" + name : $"{directory}/{name}")];
    }

    /// <summary>The first candidate that is a file this process may execute; null where there is none.</summary>
    public static string? Find(string name, string? path) => Candidates(name, path).FirstOrDefault(IsProgram);

    /// <summary>Whether it is a file that this process may execute.</summary>
    public static bool IsProgram(string path) => File.Exists(path) && Libc.faccessat(Libc.AT_FDCWD, path, Libc.X_OK, 0) == 0;
}
