using Wgns.Linux.Files;

namespace Wgns.Configuration;

/// <summary>How somebody reads the files of a configuration, and so which of them they cannot take.</summary>
public enum FileReading
{
    /// <summary>Once, by who was given the path: whatever can be read.</summary>
    Once,

    /// <summary>Again and again: a pipe gives what it has once, and its reader waits.</summary>
    Repeatedly,

    /// <summary>Again and again, in the place of the process that was given the path, whose descriptors they have not.</summary>
    ForAnother,
}

/// <summary>What <see cref="FileReading"/> means for a path.</summary>
internal static class FileReadings
{
    /// <returns>What the path is, and why that cannot be read; null where it can.</returns>
    internal static string? Refusal(this FileReading reading, string path) =>
        reading is FileReading.ForAnother && PlainFile.IsOwnDescriptor(path) ? "a descriptor of this process, which who keeps the namespace has not"
        : reading is not FileReading.Once && PlainFile.IsPipe(path) ? "a pipe, which cannot be read again"
        : null;
}
