using System.Text;
using System.Text.Json;
using Wgns.Configuration;
using Wgns.Linux;
using Wgns.Linux.WireGuard;

namespace Wgns.Tests.Nix;

/// <summary>modules/syntax.nix against the program's own readers, on texts that nobody thought of: the table's, a few characters off.</summary>
public sealed class SyntaxTests
{
    private const int Count = 1500;
    private const string Characters = "0123456789abcfABF:::...///[]%x-_@+=~ \n\té";

    /// <summary>What the module's function of that name says, and the program.</summary>
    private static readonly (string Function, Func<string, bool> Takes)[] Readers =
    [
        ("isNetwork", text => Cidr.TryParse(text, out _)),
        ("isAddress", text => Cidr.TryParseAddress(text, out _)),
        ("isEndpoint", text => Endpoint.TryParse(text, out _, out _)),
        ("isHostName", Endpoint.IsHostName),
        ("isListen", text => StreamAddress.TryParse(text, out _) is not null),
        ("isCredentialName", text => CredentialName.Problem(text) is null),
        ("isNamespaceName", text => Names.NamespaceProblem(text) is null),
        ("isInterfaceName", text => Names.IfnameProblem(text) is null),
        ("isKey", text => WireGuardKey.TryParse(text, out _)),
    ];

    [Test]
    public void The_module_takes_of_whatever_is_written_what_the_program_takes()
    {
        var texts = Texts();
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, JsonSerializer.Serialize(texts));
            var said = NixEvaluation.Evaluate($$"""
                let
                  lib = import ./tests/nix/lib.nix;
                  addresses = import ./modules/addresses.nix { inherit lib; };
                  syntax = import ./modules/syntax.nix { inherit lib; } // {
                    isListen = text: addresses.parse text != null;
                    isEndpoint =
                      text:
                      let parts = syntax.endpointParts text; in
                      parts != null && syntax.isEndpointHost (builtins.head parts) && syntax.isPort (builtins.elemAt parts 1);
                  };
                in
                map (name: map syntax.${name} (builtins.fromJSON (builtins.readFile {{file}}))) [ {{string.Join(' ', Readers.Select(r => $"\"{r.Function}\""))}} ]
                """);
            for (var i = 0; i < Readers.Length; i++)
            {
                var verdicts = said[i]!.AsArray().Select(verdict => verdict!.GetValue<bool>()).ToList();
                var differ = texts.Where((text, n) => verdicts[n] != Readers[i].Takes(text));

                differ.Should().BeEmpty(Readers[i].Function);
                verdicts.Should().Contain([true, false], "{0} must be asked of both kinds", Readers[i].Function);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The same each time.</summary>
    private static List<string> Texts()
    {
        var seeds = Verdicts.Strings().Where(text => text.Length < 60).Distinct().ToList();
        var random = new Random(20260101);
        return [.. seeds, .. Enumerable.Range(0, Count).Select(_ => Off(seeds[random.Next(seeds.Count)], random))];
    }

    private static string Off(string text, Random random)
    {
        var result = new StringBuilder(text);
        for (var i = random.Next(1, 3); i > 0; i--)
        {
            var place = random.Next(result.Length + 1);
            if (place < result.Length && random.Next(3) > 0)
            {
                result.Remove(place, 1);
            }

            if (random.Next(3) > 0)
            {
                result.Insert(place, Characters[random.Next(Characters.Length)]);
            }
        }

        return result.ToString();
    }
}
