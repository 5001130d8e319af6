namespace Wgns.Linux.Files;

/// <summary>Whole reads and writes by raw calls, for any thread.</summary>
internal static unsafe class RawFile
{
    internal static void WriteAll(OwnedFd fd, ReadOnlySpan<byte> bytes, string operation)
    {
        fixed (byte* start = bytes)
        {
            for (nint done = 0; done < bytes.Length;)
            {
                var written = Libc.write(fd.Value, start + done, (nuint)(bytes.Length - done));
                if (written >= 0)
                {
                    done += written;
                }
                else if (Libc.LastErrno != Errno.EINTR)
                {
                    throw new KernelException(operation, Libc.LastErrno);
                }
            }
        }
    }

    internal static byte[] ReadAll(OwnedFd fd, string operation)
    {
        var bytes = new MemoryStream();
        var buffer = stackalloc byte[4096];
        while (true)
        {
            var length = Libc.read(fd.Value, buffer, 4096);
            if (length == 0)
            {
                return bytes.ToArray();
            }

            if (length > 0)
            {
                bytes.Write(new ReadOnlySpan<byte>(buffer, (int)length));
            }
            else if (Libc.LastErrno != Errno.EINTR)
            {
                throw new KernelException(operation, Libc.LastErrno);
            }
        }
    }
}
