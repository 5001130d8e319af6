using System.Text;

namespace Wgns.Configuration;

/// <summary>What the kernel and the file system take for names.</summary>
public static class Names
{
    /// <summary>IFNAMSIZ of linux/if.h less the closing NUL.</summary>
    public const int MaxIfnameBytes = 15;

    /// <summary>Null where <paramref name="name"/> can name a link; else what is wrong (dev_valid_name of net/core/dev.c).</summary>
    public static string? IfnameProblem(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes == 0)
        {
            return "is empty";
        }

        if (bytes > MaxIfnameBytes)
        {
            return $"is {bytes} bytes long; the kernel takes at most {MaxIfnameBytes}";
        }

        // "all" and "default" stand for every link under /proc/sys/net, so the kernel gives them to none.
        if (name is "." or ".." or "lo" or "all" or "default")
        {
            return name switch
            {
                "lo" => "is the loopback's",
                "all" or "default" => "is a name that the kernel keeps for itself",
                _ => "is a directory's name",
            };
        }

        // The kernel's isspace() looks at bytes and takes Latin-1's no-break space for one: "\u00e0" is C3 A0 in UTF-8.
        if (Encoding.UTF8.GetBytes(name).Contains((byte)0xA0))
        {
            return "holds a character that the kernel takes for a space";
        }

        // '%' asks the kernel for a number (wg%d); tools that take patterns would be confused by it.
        return name.Any(c => c is '/' or ':' or '%' || char.IsWhiteSpace(c) || char.IsControl(c))
            ? "holds a '/', ':', '%', a space or a control character, which the kernel refuses"
            : null;
    }

    /// <summary>Whether an interface's name means itself in a rule of nft: "*" at its end would be others' too.</summary>
    public static bool CanStandInRule(string ifname)
    {
        ArgumentNullException.ThrowIfNull(ifname);
        return ifname.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@' or '+' or '=');
    }

    /// <summary>
    /// Null where <paramref name="name"/> can name a namespace. It becomes a file under /run/netns, a directory under
    /// /etc/netns and an instance of a unit, so it takes the characters that all three take as they are.
    /// </summary>
    public static string? NamespaceProblem(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            "" => "is empty",
            "." or ".." => "is a directory's name",
            _ when name.Contains('/', StringComparison.Ordinal) => "holds a '/'",
            _ when name.StartsWith('-') => "begins with a '-', which commands take for an option",
            _ when name.StartsWith('.') => "begins with a '.'",
            { Length: > 64 } => "is longer than 64 characters",
            _ when !name.All(IsNameCharacter) => "holds a character other than letters, digits, '-', '_', '.' and '@'",
            _ => null,
        };
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@';
}
