using System.Net.Sockets;
using Wgns.Linux;

namespace Wgns;

/// <summary>What the machine may do to us at any time: said in a sentence, and no fault of the program.</summary>
public static class ExpectedFailure
{
    public static bool Is(Exception e) =>
        e is KernelException or OperationFailedException or MissingLibraryException or IOException or UnauthorizedAccessException or SocketException;
}
