using System.Globalization;
using System.Text.RegularExpressions;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Linux.WireGuard;
using Wgns.Toml;

namespace Wgns.Importers;

/// <summary>
/// A configuration in the making: the tables of a TOML document whose places are in the foreign text, with comments for
/// some of its entries, and what there is to report.
/// </summary>
internal sealed partial class Draft
{
    private readonly List<DraftHook> _hooks = [];

    internal Draft(SourceText source, ForeignFormat format, ImportOptions options, List<Diagnostic> diagnostics)
    {
        (Source, Format, Options, Diagnostics) = (source, format, options, diagnostics);
        Root = new TomlTable(SourceSpan.WholeOf(source.Name), TomlTableOrigin.Root, 0);
    }

    internal SourceText Source { get; }

    internal ForeignFormat Format { get; }

    internal ImportOptions Options { get; }

    internal List<Diagnostic> Diagnostics { get; }

    internal TomlTable Root { get; }

    internal List<ImportNote> Notes { get; } = [];

    internal List<ImportedKey> Keys { get; } = [];

    /// <summary>Comment lines above an entry, or above the header of a table.</summary>
    internal Dictionary<object, List<string>> Comments { get; } = [];

    /// <summary>Comments of the foreign file about nothing that has a counterpart; written at the beginning.</summary>
    internal List<string> OtherComments { get; } = [];

    /// <summary>[hooks] as it would be if they were live; written as a comment.</summary>
    internal TomlTable? SleepingHooks { get; private set; }

    internal SourceSpan Whole => SourceSpan.WholeOf(Source.Name);

    internal string Name { get; private set; } = string.Empty;

    /// <summary>The first part of the names of key files: that of the configuration.</summary>
    private string Stem => Options.Target is { } target ? Path.GetFileNameWithoutExtension(target) : Name;

    internal void Error(SourceSpan span, string message, string? hint = null) => Diagnostics.Add(Diagnostic.Error(span, Short(message), hint));

    internal void Note(SourceSpan span, string what, string instead) => Notes.Add(new ImportNote(span, Short(Redacted(what.Trim().ReplaceLineEndings(" / "))), instead));

    /// <summary>What is said is for people, whatever a line holds; its place tells where the rest is.</summary>
    private static string Short(string text)
    {
        const int Most = 400;
        return text.Length <= Most ? text : $"{text[..(char.IsHighSurrogate(text[Most - 1]) ? Most - 1 : Most)]}\u2026";
    }

    /// <summary>Decides the namespace's name; must come first.</summary>
    /// <param name="own">The name that the foreign file gives it; null where it gives none.</param>
    internal void SetName(string? own, SourceSpan span, params IEnumerable<string> comments)
    {
        if (Options.Name is { } asked)
        {
            (Name, span) = (asked, Whole);
        }
        else if (own is not null)
        {
            Name = own;
        }
        else
        {
            var path = Options.Target ?? Source.Name;
            var stem = Path.GetFileNameWithoutExtension(path);
            (Name, span) = (Usable(stem), SourceSpan.WholeOf(Source.Name));
            if (Name != stem)
            {
                Note(Whole, $"the file's name {stem}", $"the namespace is named {Name}; --name gives it another");
            }
        }

        Set(Root, "namespace_name", Text(Name, span), comments);
    }

    internal static TomlTable NewTable(TomlTable owner, string key, SourceSpan span)
    {
        if (owner.Get(key) is not TomlArray array)
        {
            array = new TomlArray(span, isArrayOfTables: true);
            owner.Add(new TomlEntry(key, span, array));
        }

        var table = new TomlTable(span, TomlTableOrigin.Element, owner.Depth + 1);
        array.Add(table);
        return table;
    }

    internal void Set(TomlTable table, string key, TomlNode value, params IEnumerable<string> comments)
    {
        var entry = new TomlEntry(key, value.Span, value);
        table.Add(entry);
        Comment(entry, comments);
    }

    internal void Leave(IEnumerable<string> comments) => OtherComments.AddRange(comments.Select(Redacted));

    /// <param name="subject">A <see cref="TomlEntry"/> or the <see cref="TomlTable"/> of an array.</param>
    internal void Comment(object subject, params IEnumerable<string> comments)
    {
        foreach (var comment in comments)
        {
            if (!Comments.TryGetValue(subject, out var lines))
            {
                Comments[subject] = lines = [];
            }

            lines.Add(Redacted(comment));
        }
    }

    internal void SetList(TomlTable table, string key, IEnumerable<(string Text, SourceSpan Span)> items, SourceSpan span, params IEnumerable<string> comments)
    {
        var array = new TomlArray(span);
        foreach (var (text, where) in items)
        {
            array.Add(Text(text, where));
        }

        Set(table, key, array, comments);
    }

    /// <summary>A string of the foreign text; one that no UTF-8 can hold, which JSON's and YAML's escapes can write, is an error.</summary>
    internal TomlString Text(string value, SourceSpan span)
    {
        if (value.EnumerateRunes().Any(r => r == System.Text.Rune.ReplacementChar) && HasLoneSurrogate(value))
        {
            Error(span, "the text holds half of a surrogate pair, which is no character");
            value = string.Empty;
        }

        return new TomlString(span, value, [new TomlStringMark(0, span.Offset, span.Line, span.Column, false)]);
    }

    internal TomlNode Number(string text, string what, SourceSpan span)
    {
        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (long.TryParse(isHex ? text[2..] : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return new TomlInteger(span, number);
        }

        Error(span, $"{what} is \"{Redacted(text)}\", which is no number");
        return new TomlInvalid(span);
    }

    /// <summary>A mark as wg(8) has it: a number, or one in hexadecimal, which stays as it is written.</summary>
    internal TomlNode Mark(string text, SourceSpan span) =>
        text.All(char.IsAsciiDigit) ? Number(text, "the mark", span) : Text(text, span);

    /// <summary>Takes a secret key over into a file of its own. What is no key is said without being shown.</summary>
    /// <param name="suffix">What tells its file from the others of the configuration; "" for the usual one.</param>
    internal TomlNode? Key(string text, string what, SourceSpan span, string suffix, string ending)
    {
        if (!SecretKey.TryParse(text, out var key))
        {
            Error(span, $"{what} is no WireGuard key", "it is 44 characters of base64 that end in '='");
            return null;
        }

        var taken = new ImportedKey(FileName(suffix, ending), key);
        Keys.Add(taken);
        return Text(taken.File, span);
    }

    /// <summary>Where a key would be, had the foreign file one.</summary>
    internal string KeyFileName(string suffix) => FileName(suffix, "key");

    /// <summary>Nobody else's: not another key's, nor the configuration's own, for which somebody may have chosen such a name.</summary>
    private string FileName(string suffix, string ending)
    {
        var name = $"{Usable(Stem)}{suffix}.{ending}";
        for (var number = 2; Keys.Exists(k => k.File == name) || Path.GetFileName(Options.Target) == name; number++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{Usable(Stem)}{suffix}-{number}.{ending}");
        }

        return name;
    }

    /// <summary>A comment or hook may hold a key that somebody moved there: whatever could be one is left out, but for the peers' own.</summary>
    internal string Redacted(string text) =>
        KeyLike().Replace(text, match => IsSecret(match) ? "(a key, left out)" : match.Value);

    internal HashSet<string> PublicKeys { get; } = [];

    internal bool HoldsKey(string text) => KeyLike().Matches(text).Any(IsSecret);

    // Without its last character, which a double click leaves out, it is a key all the same. So long a path of letters alone is none.
    private bool IsSecret(Match match) =>
        !PublicKeys.Contains(match.Value)
        && (match.Value[^1] == '=' || (!PublicKeys.Contains(match.Value + "=") && IsMixed(match.Value)));

    private static bool IsMixed(string text) => text.Any(char.IsAsciiDigit) && text.Any(char.IsAsciiLetterUpper) && text.Any(char.IsAsciiLetterLower);

    private static bool HasLoneSurrogate(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(value[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A name of a namespace that is near to a file's.</summary>
    private static string Usable(string stem)
    {
        var name = new string([.. stem.Select(c => Names.NamespaceProblem("a" + c) is null ? c : '-').Take(64)]).TrimStart('-', '.');
        return name.Length == 0 ? ConfigurationReader.DefaultName : name;
    }

    [GeneratedRegex("[A-Za-z0-9+/]{43}=|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048](?![A-Za-z0-9+/=])", RegexOptions.CultureInvariant)]
    private static partial Regex KeyLike();
}
