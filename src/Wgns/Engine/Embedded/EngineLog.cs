using System.Globalization;

namespace Wgns.Engine.Embedded;

/// <summary>
/// What the engine says: that it begins, on which port, and why it ends. Nothing that repeats, for the file is in memory; and never
/// a key.
/// </summary>
internal sealed class EngineLog(TextWriter output)
{
    private readonly Lock _gate = new();

    internal void Write(string line)
    {
        lock (_gate)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ssZ} {line}"));
            output.Flush();
        }
    }
}
