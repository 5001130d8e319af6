using System.Runtime.InteropServices;

namespace Wgns.Linux.Processes;

/// <summary>An argv or envp: an array of C strings that ends in a null, outside the garbage collector's reach.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly int _count;

    internal NativeStrings(IReadOnlyCollection<string> strings)
    {
        if (strings.Any(s => s.Contains('\0', StringComparison.Ordinal)))
        {
            throw new ArgumentException("an argument or environment variable cannot hold a NUL", nameof(strings));
        }

        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        foreach (var text in strings)
        {
            Pointer[_count++] = ExactText.HasBytes(text) ? Copy(ExactText.Encode(text)) : (byte*)Marshal.StringToCoTaskMemUTF8(text);
        }
    }

    internal byte** Pointer { get; private set; }

    internal byte* First => Pointer[0];

    public void Dispose()
    {
        if (Pointer is null)
        {
            return;
        }

        for (var i = 0; i < _count; i++)
        {
            Marshal.FreeCoTaskMem((nint)Pointer[i]);
        }

        NativeMemory.Free(Pointer);
        Pointer = null;
    }

    private static byte* Copy(byte[] bytes)
    {
        var copy = (byte*)Marshal.AllocCoTaskMem(bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        copy[bytes.Length] = 0;
        return copy;
    }
}
