using Wgns.Linux;
using Wgns.Linux.Files;

namespace Wgns.Tests.Linux.Files;

public sealed class DirectoryEntriesTests
{
    [Test]
    public void One_that_is_removed_while_it_is_read_has_no_entries()
    {
        var directory = Directory.CreateTempSubdirectory("wgns-entries-").FullName;
        using var open = new OwnedFd(Libc.openat(Libc.AT_FDCWD, directory, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0));
        Directory.Delete(directory);

        DirectoryEntries.TryRead($"/proc/self/fd/{open.Value}").Should().BeEmpty();
    }

    [Test]
    public void Entries_of_a_directory_are_told_with_their_kinds_however_many_there_are()
    {
        var directory = Directory.CreateTempSubdirectory("wgns-entries-").FullName;
        try
        {
            // More than one buffer of the kernel's answer.
            var files = Enumerable.Range(0, 1500).Select(i => $"{i:D4}-a name of some length").ToList();
            files.ForEach(f => File.WriteAllText($"{directory}/{f}", string.Empty));
            Directory.CreateDirectory($"{directory}/within");
            Directory.CreateSymbolicLink($"{directory}/link to within", $"{directory}/within");
            File.CreateSymbolicLink($"{directory}/link to nowhere", "/nowhere at all");

            DirectoryEntries.TryRead(directory).Should().BeEquivalentTo([
                .. files.Select(f => (f, EntryKind.Other)),
                ("within", EntryKind.Directory), ("link to within", EntryKind.Link), ("link to nowhere", EntryKind.Link),
            ]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public void A_directory_that_is_not_there_has_no_entries_to_tell_and_a_file_is_an_error()
    {
        DirectoryEntries.TryRead("/nowhere/at/all").Should().BeNull();
        FluentActions.Invoking(() => DirectoryEntries.TryRead("/proc/self/status")).Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ENOTDIR);
    }
}
