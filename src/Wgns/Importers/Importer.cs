using System.Collections.Immutable;
using System.Text;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Toml;

namespace Wgns.Importers;

/// <summary>
/// Reads foreign descriptions. Nothing of them is run, sourced or looked up: a text goes in, and a configuration with
/// everything that is wrong with it comes out.
/// </summary>
public static class Importer
{
    /// <param name="utf8">The text; stays the caller's, to be wiped.</param>
    /// <param name="path">Absolute path of the foreign file.</param>
    public static Import Read(ReadOnlySpan<byte> utf8, string path, ForeignFormat format, ImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        var diagnostics = new List<Diagnostic>();
        var text = Encoding.UTF8.GetString(TomlEncoding.Check(utf8, path, diagnostics));
        if (text.Length == 0 && diagnostics.Count > 0)
        {
            return Unread(path, diagnostics);
        }

        var source = new SourceText(path, text.StartsWith('\uFEFF') ? text[1..] : text);
        var draft = new Draft(source, format, options, diagnostics);
        switch (format)
        {
            case ForeignFormat.WgQuick:
                WgQuickImporter.Read(draft);
                break;
            case ForeignFormat.WgNetns:
                if (!WgNetnsImporter.Read(draft))
                {
                    return Unread(path, diagnostics);
                }

                break;
            default:
                EnvironmentImporter.Read(draft);
                break;
        }

        draft.AddHooks();

        // The reader of our own files has the last word; its places are those of the foreign file.
        var target = options.Target ?? path;
        var read = ConfigurationReader.Read(draft.Root, target, diagnostics);
        var config = WithKeys(read.Config, draft.Keys, target);
        var shown = read.Config.Interfaces.Zip(config.Interfaces)
            .Select(i => i.Second.PrivateKey is KeySource.Inline own ? OwnKey.Shown(i.First, own.Key, path) : null).OfType<Diagnostic>().ToList();
        var hasErrors = read.HasErrors || shown.Count > 0;
        return new Import(
            config,
            hasErrors ? string.Empty : DraftToml.Write(draft),
            [.. draft.Keys],
            [.. draft.Notes.OrderBy(n => n.Span.Offset)],
            // A key that was put in another's place would be shown as what is wrong there.
            [.. read.Diagnostics.Concat(shown).Select(d => d with { Message = draft.Redacted(d.Message), Hint = d.Hint is null ? null : draft.Redacted(d.Hint) })]);
    }

    /// <summary>Of a text that cannot be read, or is something else, what is missing from it is no news.</summary>
    private static Import Unread(string path, List<Diagnostic> diagnostics)
    {
        var nothing = new TomlTable(SourceSpan.WholeOf(path), TomlTableOrigin.Root, 0);
        return new Import(ConfigurationReader.Read(nothing, path, []).Config, string.Empty, [], [], [.. diagnostics]);
    }

    /// <summary>The keys themselves in the place of the files that they are to go into.</summary>
    private static NamespaceConfig WithKeys(NamespaceConfig config, List<ImportedKey> keys, string target)
    {
        var directory = Path.GetDirectoryName(target) ?? "/";
        var byPath = keys.ToDictionary(k => Path.GetFullPath(k.File, directory), k => new KeySource.Inline(k.Key));
        return config with
        {
            Interfaces =
            [
                .. config.Interfaces.Select(i => i with
                {
                    PrivateKey = Inline(i.PrivateKey)!,
                    Peers = [.. i.Peers.Select(p => p with { PresharedKey = Inline(p.PresharedKey) })],
                }),
            ],
        };

        KeySource? Inline(KeySource? source) =>
            source is KeySource.File file && byPath.TryGetValue(file.Path, out var inline) ? inline : source;
    }
}
