using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Wgns.Linux.Files;

namespace Wgns.Linux.Processes;

/// <summary>Who a command is to run as.</summary>
/// <param name="Name">Null for a number that the user database does not know.</param>
/// <param name="Groups">All of them, <paramref name="Gid"/> too.</param>
public sealed record UserAccount(string? Name, uint Uid, uint Gid, ImmutableArray<uint> Groups, string Home, string Shell)
{
    // ERANGE asks for more; an entry with a thousand members of a group takes some ten thousand bytes.
    private const int LargestEntry = 1 << 20;

    /// <summary>
    /// Looks up <c>NAME</c>, <c>UID</c>, <c>NAME:GROUP</c> or <c>UID:GID</c> in the user database, by whatever
    /// nsswitch.conf names: before the netns is entered, and never on a netns thread.
    /// </summary>
    /// <param name="problem">Why there is none, in words; "" where there is one.</param>
    public static UserAccount? TryFind(string text, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var userText = colon < 0 ? text : text[..colon];
        uint? gid = null;
        if (colon >= 0)
        {
            gid = Number(text[(colon + 1)..]) ?? GroupNamed(text[(colon + 1)..]);
            if (gid is null)
            {
                problem = $"there is no group '{text[(colon + 1)..]}'";
                return null;
            }
        }

        var account = userText.Length == 0 ? null : Known(userText) ?? (Number(userText) is { } uid ? Unknown(uid, gid) : null);
        problem = account is not null ? ""
            : Number(userText) is null ? $"there is no user '{userText}'"
            : $"user {userText} has no entry in the user database, so the group must be given: {userText}:GID";
        return account is null || gid is null ? account
            : account with { Gid = gid.Value, Groups = [.. account.Groups.Append(gid.Value).Distinct()] };
    }

    /// <summary>The environment with HOME, USER, LOGNAME and SHELL those of this user.</summary>
    public List<string> Environment(IEnumerable<string> variables)
    {
        List<string> own = [$"HOME={Home}", $"SHELL={Shell}"];
        if (Name is not null)
        {
            own.AddRange([$"USER={Name}", $"LOGNAME={Name}"]);
        }

        string[] names = ["HOME=", "SHELL=", "USER=", "LOGNAME="];
        return [.. variables.Where(v => !names.Any(n => v.StartsWith(n, StringComparison.Ordinal))), .. own];
    }

    /// <summary>By the file's mode alone; access control lists are not asked, and root is nobody special.</summary>
    public bool MayWrite(FileOwner file) =>
        file.Uid == Uid ? (file.Mode & 0x80) != 0
        : Groups.Contains(file.Gid) ? (file.Mode & 0x10) != 0
        : (file.Mode & 0x2) != 0;

    private static UserAccount? Unknown(uint uid, uint? gid) =>
        gid is null ? null : new UserAccount(null, uid, gid.Value, [gid.Value], "/", "/bin/sh");

    // 2^32-1 is (uid_t)-1, which setresuid takes for "leave it".
    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != uint.MaxValue ? number : null;

    /// <summary>A name first, as chown(1) has it: a name may be all digits.</summary>
    private static unsafe UserAccount? Known(string text) => WithBuffer(text, (buffer, size) =>
    {
        Libc.Passwd entry;
        Libc.Passwd* found = null;
        var errno = Libc.getpwnam_r(text, &entry, (byte*)buffer, size, &found);
        if (errno == 0 && found == null && Number(text) is { } uid)
        {
            errno = Libc.getpwuid_r(uid, &entry, (byte*)buffer, size, &found);
        }

        return (errno, found == null ? null : Read(&entry));
    });

    private static unsafe UserAccount Read(Libc.Passwd* entry)
    {
        var count = 64;
        var groups = new uint[count];
        while (true)
        {
            int found;
            fixed (uint* start = groups)
            {
                found = Libc.getgrouplist(entry->Name, entry->Gid, start, &count);
            }

            if (found >= 0)
            {
                break;
            }

            groups = new uint[Math.Max(count, groups.Length * 2)];
            count = groups.Length;
        }

        var shell = Marshal.PtrToStringUTF8((nint)entry->Shell);
        return new UserAccount(
            Marshal.PtrToStringUTF8((nint)entry->Name), entry->Uid, entry->Gid, [.. groups.AsSpan(0, count)],
            Marshal.PtrToStringUTF8((nint)entry->Directory) ?? "/", string.IsNullOrEmpty(shell) ? "/bin/sh" : shell);
    }

    private static unsafe uint? GroupNamed(string name)
    {
        var gid = WithBuffer(name, (buffer, size) =>
        {
            Libc.Group entry;
            Libc.Group* found = null;
            var errno = Libc.getgrnam_r(name, &entry, (byte*)buffer, size, &found);
            return (errno, found == null ? null : new GroupId(entry.Gid));
        });
        return gid?.Value;
    }

    private sealed record GroupId(uint Value);

    private static unsafe T? WithBuffer<T>(string name, Func<nint, nuint, (int Errno, T? Found)> ask)
        where T : class
    {
        for (var size = 4096; size <= LargestEntry; size *= 2)
        {
            var buffer = NativeMemory.Alloc((nuint)size);
            try
            {
                var (errno, found) = ask((nint)buffer, (nuint)size);
                if (errno == Errno.ERANGE.Value)
                {
                    continue;
                }

                // "0 or ENOENT or ESRCH or EBADF or EPERM or ...: the given name was not found" (getpwnam(3)).
                return found is not null || errno == 0 || errno == Errno.ENOENT.Value || errno == Errno.ESRCH.Value
                    ? found
                    : throw new KernelException($"look up '{name}' in the user database", new Errno(errno));
            }
            finally
            {
                NativeMemory.Free(buffer);
            }
        }

        throw new KernelException($"look up '{name}' in the user database", Errno.ERANGE);
    }
}
