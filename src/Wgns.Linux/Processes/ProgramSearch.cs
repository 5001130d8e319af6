using System.Collections.Immutable;

namespace Wgns.Linux.Processes;

/// <summary>Where a command's name may lead, as execvp(3) has it.</summary>
public static class ProgramSearch
{
    /// <summary>What execvp(3) searches where PATH is not set, without the current directory that some have in it.</summary>
    public const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>The paths to try in order: the name itself where it has a slash. An empty part of PATH is the current directory.</summary>
    public static ImmutableArray<string> Candidates(string name, string? path)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length == 0 ? []
            : name.Contains('/', StringComparison.Ordinal) ? [name]
            : [.. (path ?? DefaultPath).Split(':').Select(directory => directory.Length == 0 ? "./" + name : $"{directory}/{name}")];
    }

    /// <summary>The first candidate that is a file this process may execute; null where there is none.</summary>
    public static string? Find(string name, string? path)
    {
        foreach (var candidate in Candidates(name, path))
        {
            if (File.Exists(candidate) && Libc.faccessat(Libc.AT_FDCWD, candidate, Libc.X_OK, 0) == 0)
            {
                return candidate;
            }
        }

        return null;
    }
}
