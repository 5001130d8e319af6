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

        if (name is "." or ".." or "lo")
        {
            return name == "lo" ? "is the loopback's" : "is a directory's name";
        }

        // '%' asks the kernel for a number (wg%d); tools that take patterns would be confused by it.
        return name.Any(c => c is '/' or ':' or '%' || char.IsWhiteSpace(c) || char.IsControl(c))
            ? "holds a '/', ':', '%', a space or a control character, which the kernel refuses"
            : null;
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
