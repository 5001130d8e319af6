namespace Wgns.Tests.Nix;

/// <summary>The same with nixpkgs' own lib, where it is at hand: NIXPKGS_LIB, or nixpkgs in the search path.</summary>
public sealed class RealLibTests
{
    [Test]
    public void The_modules_say_the_same_with_nixpkgs_own_lib() =>
        NixEvaluation.AllWithNixpkgs.ToJsonString().Should().Be(NixEvaluation.All.ToJsonString());
}
