using Wgns.Toml;

namespace Wgns.Importers;

/// <summary>A draft as text: what people will read and change.</summary>
internal static class DraftToml
{
    internal static string Write(Draft draft)
    {
        var writer = new TomlWriter();
        writer.Comment($"Imported from {Path.GetFileName(draft.Source.Name)}, a file of {ForeignFormats.NameOf(draft.Format)}.").BlankLine();
        foreach (var line in draft.OtherComments)
        {
            writer.Comment(line);
        }

        writer.BlankLine();
        Values(draft, writer, draft.Root);
        SleepingHooks(draft, writer);
        foreach (var entry in draft.Root.Entries.Where(e => e.Value is TomlTable { Origin: TomlTableOrigin.Header }))
        {
            Comments(draft, writer, entry);
            writer.TableHeader(entry.Key);
            Values(draft, writer, (TomlTable)entry.Value);
        }

        Tables(draft, writer, draft.Root, []);
        return writer.ToString();
    }

    /// <summary>Where [hooks] would stand, as comments.</summary>
    private static void SleepingHooks(Draft draft, TomlWriter writer)
    {
        if (draft.SleepingHooks is { } hooks)
        {
            var text = new TomlWriter().TableHeader("hooks");
            foreach (var entry in hooks.Entries)
            {
                text.Entry(entry.Key, entry.Value);
            }

            writer.BlankLine();
            writer.Comment("Its hooks, none of which is run. In the namespace, or on the host with where = \"host\", they would be:");
            writer.Comment(text.ToString().Trim('\n'));
            writer.BlankLine();
        }
    }

    private static void Values(Draft draft, TomlWriter writer, TomlTable table)
    {
        foreach (var entry in table.Entries.Where(e => e.Value is not (TomlArray { IsArrayOfTables: true } or TomlTable { Origin: TomlTableOrigin.Header })))
        {
            Comments(draft, writer, entry);
            writer.Entry(entry.Key, entry.Value);
        }
    }

    private static void Tables(Draft draft, TomlWriter writer, TomlTable table, List<string> path)
    {
        foreach (var entry in table.Entries)
        {
            if (entry.Value is not TomlArray { IsArrayOfTables: true } array)
            {
                continue;
            }

            path.Add(entry.Key);
            foreach (var item in array.Items.Cast<TomlTable>())
            {
                writer.BlankLine();
                Comments(draft, writer, item);
                writer.ArrayOfTablesHeader([.. path]);
                Values(draft, writer, item);
                Tables(draft, writer, item, path);
            }

            path.RemoveAt(path.Count - 1);
        }
    }

    private static void Comments(Draft draft, TomlWriter writer, object subject)
    {
        foreach (var line in draft.Comments.GetValueOrDefault(subject) ?? [])
        {
            writer.Comment(line);
        }
    }
}
