namespace Wgns.Tests.Privileged;

/// <summary>Who asks himself by IPv6 in the name of another, which takes no right, and answers that one, who had not asked.</summary>
internal static class Unasked
{
    /// <summary>OWN THEIRS PORT WORDS [LINK]: from an own address to port PORT of THEIRS, by a link where one is named.</summary>
    internal const string Answers = """
        import socket, sys
        own, theirs, port, words = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4].encode()
        answers = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        if len(sys.argv) > 5: answers.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[5].encode())
        answers.bind((own, 0))
        asks = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        asks.setsockopt(socket.IPPROTO_IPV6, 78, 1) # IPV6_FREEBIND
        asks.bind((theirs, port))
        for sender, target in ((asks, answers.getsockname()), (answers, (theirs, port))):
            try: sender.sendto(words, target)
            except OSError as e: print(e)
        print("tried")
        """;

    /// <summary>THEIRS TARGET WORDS [LINK]: to port 5353 of TARGET in the name of THEIRS, who would be told if it were refused, and of what.</summary>
    internal const string Refused = """
        import socket, sys
        theirs, target, words = sys.argv[1], sys.argv[2], sys.argv[3].encode()
        asks = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        if len(sys.argv) > 4: asks.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[4].encode())
        asks.setsockopt(socket.IPPROTO_IPV6, 78, 1) # IPV6_FREEBIND
        asks.bind((theirs, 0))
        try: asks.sendto(words, (target, 5353))
        except OSError as e: print(e)
        print("tried")
        """;
}
