using Wgns.Toml;
using Wgns.TomlDecode;

// The decoder side of toml-test: TOML on standard input, tagged JSON on standard output, 1 for invalid input.
using var input = Console.OpenStandardInput();
using var bytes = new MemoryStream();
input.CopyTo(bytes);

var document = TomlDocument.Parse(bytes.ToArray(), "stdin");
foreach (var diagnostic in document.Diagnostics)
{
    Console.Error.WriteLine(diagnostic);
}

if (document.Diagnostics.Count > 0)
{
    return 1;
}

using var output = Console.OpenStandardOutput();
output.Write(TaggedJson.Write(document.Root));
output.WriteByte((byte)'\n');
return 0;
