using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>Terminals: <c>termios.h</c>.</summary>
internal static partial class Libc
{
    internal const int TCSANOW = 0;

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int tcgetattr(int fd, byte* settings);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int tcsetattr(int fd, int when, byte* settings);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int tcgetpgrp(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int tcsetpgrp(int fd, int group);

    [LibraryImport(Library)]
    internal static partial int getpgrp();

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getpgid(int pid);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsid(int pid);
}
