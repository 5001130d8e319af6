namespace Wgns.Configuration;

/// <summary>Names of credentials, as systemd takes them (credential_name_valid of its src/shared/creds-util.c).</summary>
public static class CredentialName
{
    /// <summary>What tells a credential from a path in a configuration.</summary>
    public const string Prefix = "credential:";

    /// <summary>NAME_MAX of linux/limits.h: a credential becomes a file.</summary>
    private const int MostBytes = 255;

    /// <summary>Null where <paramref name="name"/> can name a credential; else what is wrong with it.</summary>
    public static string? Problem(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            "" => "has no name",
            "." or ".." => "has a directory's name",
            { Length: > MostBytes } => $"has a name of more than {MostBytes} characters",
            _ when name.Contains('/', StringComparison.Ordinal) => "has a '/' in its name",
            _ when name.Contains(':', StringComparison.Ordinal) => "has a ':' in its name, which LoadCredential= takes for its end",
            _ when !name.All(c => c is >= ' ' and <= '~') => "has a character in its name that is not printable ASCII",
            _ => null,
        };
    }
}
