using System.Text;

namespace Wgns.Systemd;

/// <summary>A unit or drop-in that wgns writes. Its first line says for whom, so that it is known again.</summary>
/// <param name="Directory">Of <see cref="UnitFiles.Directory"/>: "" for a unit, "x.service.d" for a drop-in.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Namespace">The namespace that it is about.</param>
/// <param name="Attached">The unit that is attached to it: the service inside, or the socket outside.</param>
/// <param name="Body">The sections.</param>
public sealed record UnitFile(string Directory, string Name, string Namespace, string Attached, string Body)
{
    private const string Mark = "# wgns: written for namespace ";
    private const string Between = ", ";

    public string Path => Directory.Length == 0 ? Name : $"{Directory}/{Name}";

    /// <summary>The unit whose text it is, or is part of.</summary>
    public string Unit => Directory.Length == 0 ? Name : Directory[..^".d".Length];

    /// <summary>Whether there is something to enable: a unit with an [Install] section.</summary>
    public bool IsEnabled => Directory.Length == 0 && Body.Contains("\n[Install]\n", StringComparison.Ordinal);

    public string Content =>
        $"{Mark}{Namespace}{Between}{Attached}\n"
        + $"# `wgns units remove {Namespace} {Attached}` takes it away. What is changed here is lost with the next --install.\n"
        + Body;

    /// <summary>A file of that content, where wgns wrote it; else null.</summary>
    public static UnitFile? TryParse(string directory, string name, ReadOnlySpan<byte> content)
    {
        var text = Encoding.UTF8.GetString(content);
        var lines = text.Split('\n', 3);
        if (lines.Length < 3 || !lines[0].StartsWith(Mark, StringComparison.Ordinal))
        {
            return null;
        }

        var words = lines[0][Mark.Length..].Split(Between);
        return words.Length == 2 ? new UnitFile(directory, name, words[0], words[1], lines[2]) : null;
    }
}
