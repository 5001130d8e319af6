namespace Wgns.Tests.Privileged;

/// <summary>
/// What the program said and wrote in all of the tests, and the keys that it was given: scripts/test.sh looks, at the end,
/// for any of these in all of that. Nothing is kept where it did not ask for it.
/// </summary>
internal static class Transcript
{
    private static readonly string? s_said = Environment.GetEnvironmentVariable("WGNS_TEST_TRANSCRIPT");
    private static readonly string? s_secrets = Environment.GetEnvironmentVariable("WGNS_TEST_SECRETS");
    private static readonly Lock s_lock = new();

    /// <summary>A private or preshared key, in base64. An engine spells it in hexadecimal.</summary>
    internal static string Secret(string key)
    {
        Append(s_secrets, $"{key.Trim()}\n{Convert.ToHexStringLower(Convert.FromBase64String(key.Trim()))}\n");
        return key;
    }

    internal static void Say(string what, string text) => Append(s_said, $"== {what}\n{text}\n");

    /// <summary>The files that are there of a namespace: its record, its engines' logs, what is in its /etc.</summary>
    internal static void Keep(string name)
    {
        if (s_said is null)
        {
            return;
        }

        foreach (var (directory, pattern) in ((string, string)[])[("/run/wgns", name + ".*"), ($"/etc/netns/{name}", "*")])
        {
            foreach (var file in Directory.Exists(directory) ? Directory.GetFiles(directory, pattern) : [])
            {
                // A lock is empty, and a link or a pipe is a test's own trap.
                if (new FileInfo(file) is { LinkTarget: null, Length: > 0 })
                {
                    Say(file, File.ReadAllText(file));
                }
            }
        }
    }

    private static void Append(string? path, string text)
    {
        if (path is not null)
        {
            lock (s_lock)
            {
                File.AppendAllText(path, text);
            }
        }
    }
}
