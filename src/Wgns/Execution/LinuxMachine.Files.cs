using System.Text;
using Wgns.Linux.Files;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>Files and directories. None of it follows a symbolic link that somebody planted.</summary>
public sealed partial class LinuxMachine
{
    private static StateRecord ApplyToFiles(Operation operation, StateRecord record)
    {
        switch (operation)
        {
            case CreateDirectory o:
                OpenDirectory.Create(o.Path);
                return record;
            case RemoveDirectory o:
                foreach (var file in record.Files.Where(f => Path.GetDirectoryName(f) == o.Path))
                {
                    AtomicFile.Sweep(file);
                }

                RemoveIfEmpty(o.Path);
                return record;
            case WriteFile o:
                Write(o);
                return record;
            case RemoveFile o:
                File.Delete(o.Path);
                return record;
            case LinkSocket o:
                return Link(o, record);
            default:
                throw new NotSupportedException($"no execution for {operation.GetType().Name}");
        }
    }

    private static void Write(WriteFile o)
    {
        var content = Encoding.UTF8.GetBytes(o.Content);
        if (File.Exists(o.Path))
        {
            // Services that run have this very inode bound over their /etc/resolv.conf.
            InPlaceFile.Write(o.Path, content, Permissions.Everybody);
        }
        else
        {
            // The next up writes it again should the machine lose it: not worth a disk's flush.
            AtomicFile.Write(o.Path, content, Permissions.Everybody, fsync: false);
        }
    }

    private static void RemoveIfEmpty(string path)
    {
        // Other tools keep files there, too; what is not empty is not ours to remove.
        if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
        {
            Directory.Delete(path);
        }
    }

    /// <summary>The name is a convenience for wg(8): where another device has it, this one goes without.</summary>
    private static StateRecord Link(LinkSocket o, StateRecord record)
    {
        if (new FileInfo(o.Symlink).LinkTarget is { } old && TemporaryName.Is(Path.GetFileNameWithoutExtension(old)) && !File.Exists(o.Symlink))
        {
            // Of an engine of ours that is gone, with nothing written down of it.
            File.Delete(o.Symlink);
        }

        var owner = record.Interfaces.FirstOrDefault(i => i.Engine?.Symlink == o.Symlink);
        if (new FileInfo(o.Symlink) is { LinkTarget: var target } info && (target is not null || info.Exists))
        {
            return target == o.Target || owner?.Engine is null
                ? record
                : record.With(owner with { Engine = owner.Engine with { Symlink = null } });
        }

        File.CreateSymbolicLink(o.Symlink, o.Target);
        return record;
    }
}
