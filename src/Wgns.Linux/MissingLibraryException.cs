using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>A shared library that wgns loads at run time is not on this machine.</summary>
public sealed class MissingLibraryException : Exception
{
    public MissingLibraryException(string library, string remedy)
        : base($"{library} cannot be loaded: {remedy}")
    {
        Library = library;
    }

    /// <summary>The file name that the loader looked for, such as <c>libnftables.so.1</c>.</summary>
    public string Library { get; }

    /// <summary>
    /// Loads the library now, and for good, so that the first call needs no search and a missing one is named in
    /// words and not in the middle of a netns thread's work.
    /// </summary>
    internal static void Require(string library, string remedy)
    {
        // Not of our assembly's own: to look what that says of its search takes reflection, and half a millisecond.
        if (!NativeLibrary.TryLoad(library, out _))
        {
            throw new MissingLibraryException(library, remedy);
        }
    }
}
