using System.CommandLine;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Wgns.Cli.Output;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Importers;
using Wgns.Lifecycle;

namespace Wgns.Cli.Commands;

/// <summary>`wgns import [FORMAT] FILE`</summary>
internal static class ImportCommand
{
    internal static Command Build()
    {
        var words = new Argument<string[]>("[FORMAT] FILE")
        {
            Description = $"the file, after its format where that is not to be recognised: {string.Join(", ", ForeignFormats.ByName.Keys)}",
            Arity = new ArgumentArity(1, 2),
        };
        words.Validators.Add(result =>
        {
            if (result.Tokens is [.., { Value: "" }])
            {
                result.AddError("FILE is empty");
            }
            else if (result.Tokens.Any(t => t.Value == "-"))
            {
                result.AddError("- is no file here: standard input is /dev/stdin");
            }
            else if (result.Tokens.FirstOrDefault(t => t.Value.StartsWith('-')) is { } option)
            {
                result.AddError(UsageErrors.NoOption(option.Value, UsageErrors.CommandOf(result)));
            }
            else if (result.Tokens is [var format, _] && !ForeignFormats.ByName.ContainsKey(format.Value))
            {
                var meant = Suggestion.For(format.Value, ForeignFormats.ByName.Keys);
                result.AddError($"there is no format {format.Value}; {(meant is null ? $"known are {string.Join(", ", ForeignFormats.ByName.Keys)}" : $"did you mean {meant}?")}");
            }
        });
        var output = new Option<string?>("--output", "-o")
        {
            Description = "the configuration to write, or a directory for it (default: /etc/wgns/NAME.toml); keys go beside it",
            HelpName = "OUT",
        };
        output.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
            {
                result.AddError("-o is empty; it must be a file or a directory");
            }
            else if (result.Tokens is [{ Value: "-" }])
            {
                result.AddError("a configuration goes into a file, with its keys beside it, and not to standard output");
            }
        });
        var name = new Option<string?>("--name") { Description = "the namespace's name (default: the one in the file, else the file's own)", HelpName = "NAME" };
        var hooks = new Option<string?>("--hooks")
        {
            Description = "make the file's hooks live, and run those that do not say where on the host or in the namespace",
            HelpName = "host|namespace",
        };
        hooks.AcceptOnlyFromAmong("host", "namespace");
        var command = new Command("import", "Take over a file of wg-quick, wg-netns or namespaced-wireguard-vpn") { words, output, name, hooks };
        command.SetAction(result =>
        {
            var given = result.GetValue(words)!;
            return Run(
                Path.GetFullPath(given[^1]),
                given.Length > 1 ? ForeignFormats.ByName[given[0]] : null,
                result.GetValue(output),
                new ImportOptions(null, result.GetValue(name), Place(result.GetValue(hooks))));
        });
        return command;
    }

    private static HookPlace? Place(string? word) => word switch
    {
        "host" => HookPlace.Host,
        "namespace" => HookPlace.Namespace,
        _ => null,
    };

    private static int Run(string path, ForeignFormat? asked, string? output, ImportOptions options)
    {
        if (ConfigLoader.ReadBytes(path, out var problem) is not { } bytes)
        {
            Terminal.Fail($"{path}: {problem}");
            return ExitStatus.Usage;
        }

        try
        {
            if ((asked ?? ForeignFormats.Recognise(bytes, path)) is not { } format)
            {
                Terminal.Fail($"{path} looks like none of {string.Join(", ", ForeignFormats.ByName.Keys)}", "name its format: `wgns import FORMAT FILE`");
                return ExitStatus.Usage;
            }

            return Run(bytes, path, format, output, options);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static int Run(byte[] bytes, string path, ForeignFormat format, string? output, ImportOptions options)
    {
        var target = Target(bytes, path, format, output, options);
        using var import = Importer.Read(bytes, path, format, options with { Target = target });
        DiagnosticText.Write(import.Diagnostics);
        if (import.HasErrors)
        {
            Terminal.Error.WriteLine(DiagnosticText.Count(import.Diagnostics));
            return ExitStatus.Usage;
        }

        var inTheWay = ImportFiles.InTheWay(import, target);
        foreach (var file in inTheWay)
        {
            Terminal.Fail($"{file} is there already, and is left as it is", "give another place with -o, or move it away");
        }

        if (inTheWay.Count > 0)
        {
            return ExitStatus.Failed;
        }

        if (!Write(import, target))
        {
            return ExitStatus.Interrupted;
        }

        foreach (var note in import.Notes)
        {
            Terminal.Out.WriteLine($"{Terminal.HarmlessLine($"{DiagnosticText.Place(note.Span)}: {note.What}: {note.Instead}")}");
        }

        var files = ImportFiles.Paths(import, target);
        foreach (var file in files.SkipLast(1))
        {
            Terminal.Out.WriteLine($"wrote {Terminal.HarmlessLine(file)} (a key, readable by its owner alone)");
        }

        Terminal.Out.WriteLine($"wrote {Terminal.HarmlessLine(target)}: namespace {import.Config.Name}");
        return ExitStatus.Done;
    }

    /// <summary>All of it or, at a signal, nothing: a key's file without its configuration would be in the way of the next import.</summary>
    private static bool Write(Import import, string target)
    {
        using var stop = new CancellationTokenSource();
        using var signals = new HeardSignals(stop.Cancel, PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP);
        try
        {
            ImportFiles.Write(import, target, stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            Terminal.Fail("interrupted, and nothing was written");
            return false;
        }
    }

    /// <summary>OUT, or NAME.toml in the directory OUT or that of the system; the name takes a first look at the file.</summary>
    private static string Target(byte[] bytes, string path, ForeignFormat format, string? output, ImportOptions options)
    {
        if (output is not null && !Directory.Exists(output) && !output.EndsWith('/'))
        {
            return Path.GetFullPath(output);
        }

        using var first = Importer.Read(bytes, path, format, options);
        var name = first.Config.Name.Replace('/', '-');
        return Path.GetFullPath($"{name}.toml", output is null ? ConfigurationReader.SystemDirectory : Path.GetFullPath(output));
    }
}
