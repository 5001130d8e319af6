namespace Wgns.Tests.Nix;

/// <summary>Mistakes in a configuration of NixOS are told before anything is built, with the option's whole path and the cure.</summary>
public sealed class MistakeTests
{
    private static IEnumerable<string> Mistakes() => NixEvaluation.NamesIn("mistakes.nix");

    [Test]
    public void No_mistake_is_forgotten() =>
        Mistakes().Should().BeEquivalentTo(NixEvaluation.All["mistakes"]!.AsObject().Select(entry => entry.Key));

    [TestCaseSource(nameof(Mistakes))]
    public void A_mistake_is_one_assertion_with_exactly_its_message(string name)
    {
        var mistake = NixEvaluation.All["mistakes"]![name]!;
        mistake["errors"]!.AsArray().Select(error => error!.GetValue<string>())
            .Should().Equal(mistake["message"]!.GetValue<string>());
    }

    [TestCase("{ services.wireguard-namespace.mtu = 500; services.wireguard-namespace.peers = [ ]; services.wireguard-namespace.enable = true; }", "mtu")]
    [TestCase("{ services.wireguard-namespace.dnsFiels = \"keep\"; }", "dnsFiels")]
    public void A_wrong_type_or_an_unknown_option_stops_the_evaluation_and_is_named(string module, string option)
    {
        var (exit, _, errors) = NixEvaluation.Run(
            "--eval", "--strict", "--json", "-E", $"(import ./tests/nix/configuration.nix {{ lib = import ./tests/nix/lib.nix; }}).result {module}");
        exit.Should().NotBe(0);
        errors.Should().Contain($"services.wireguard-namespace.{option}");
    }
}
