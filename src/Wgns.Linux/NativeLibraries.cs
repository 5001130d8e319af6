using System.Runtime.InteropServices;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.Nftables;
using Wgns.Linux.Processes;

// By the linker's own search and never beside the program, where .NET looks first: in a folder that others may write to (a program that was
// unpacked in /tmp) a libcrypto.so.3 of theirs would be root's.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace Wgns.Linux;

/// <summary>The shared libraries that wgns loads at run time.</summary>
public static class NativeLibraries
{
    /// <summary>
    /// Begins to load them on a thread of its own, for commands that will need both: it takes some milliseconds, in
    /// which the command can read its configuration. Never call it inside a netns.
    /// </summary>
    public static void Preload() => StandbyThread.Do("libraries", Load);

    private static void Load()
    {
        try
        {
            Libnftables.Require();
            OpenSsl.Prepare();
        }
        catch (MissingLibraryException)
        {
            // Who needs it asks again, and says so where the user sees it.
        }
    }
}
