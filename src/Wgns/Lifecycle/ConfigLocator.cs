using Wgns.Configuration;
using Wgns.Importers;
using Wgns.Linux.Processes;

namespace Wgns.Lifecycle;

/// <summary>Which file a CONFIG argument means.</summary>
public static class ConfigLocator
{
    /// <summary>What `up` without an argument takes from the current directory.</summary>
    public const string LocalFile = "wgns.toml";

    /// <summary>A path where it looks like one, else the name of a file in /etc/wgns.</summary>
    public static string PathOf(string argument, string systemDirectory = ConfigurationReader.SystemDirectory)
    {
        ArgumentNullException.ThrowIfNull(argument);
        return IsPath(argument) ? FromHere(argument) : $"{systemDirectory}/{argument}.toml";
    }

    /// <summary>"vpn" is a name; "./vpn", ".", "vpn.toml", "wg0.conf" and "/etc/wgns/vpn.toml" are paths.</summary>
    public static bool IsPath(string argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
        return argument is "." or ".."
            || argument.Contains('/', StringComparison.Ordinal)
            || argument.EndsWith(".toml", StringComparison.Ordinal)
            || ForeignFormats.Endings.Any(e => argument.EndsWith(e, StringComparison.Ordinal));
    }

    /// <summary>./wgns.toml, else every file of the system's directory in the order of their names.</summary>
    public static IReadOnlyList<string> Default(string systemDirectory = ConfigurationReader.SystemDirectory)
    {
        if (File.Exists(LocalFile))
        {
            return [Path.GetFullPath(LocalFile)];
        }

        return Directory.Exists(systemDirectory)
            ? [.. Directory.EnumerateFiles(systemDirectory, "*.toml").Order(StringComparer.Ordinal)]
            : [];
    }

    private static string FromHere(string path) =>
        Path.IsPathRooted(path) || WorkingPlace.Name() is not null
            ? Path.GetFullPath(path)
            : throw new IOException($"{path} cannot be found from here, for this directory was removed: change to another, or give the path from / on");
}
