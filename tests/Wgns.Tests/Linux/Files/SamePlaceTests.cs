using Wgns.Linux.Files;

namespace Wgns.Tests.Linux.Files;

public sealed class SamePlaceTests
{
    private string _directory = string.Empty;

    [SetUp]
    public void SetUp()
    {
        _directory = Directory.CreateTempSubdirectory("wgns-place-").FullName;
        Directory.CreateDirectory($"{_directory}/run/netns");
        Directory.CreateSymbolicLink($"{_directory}/var", $"{_directory}/run");
        File.WriteAllText($"{_directory}/run/netns/there", string.Empty);
        File.CreateSymbolicLink($"{_directory}/alias", $"{_directory}/run/netns/there");
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [TestCase("run/netns/there", "run/netns/./there")]
    [TestCase("run/netns/there", "var/netns/there")]
    [TestCase("run/netns/there", "alias")]
    [TestCase("run/netns/new", "var/netns//new")]
    [TestCase("run/new/new", "var/new/../new/new")]
    [TestCase("nowhere/x", "nowhere/./x")]
    public void A_place_is_known_again_by_what_it_leads_to(string one, string other) => Are(one, other).Should().BeTrue();

    [TestCase("run/netns/there", "run/netns/new")]
    [TestCase("run/netns/new", "run/netns/newer")]
    [TestCase("run/netns/new", "run/new")]
    [TestCase("alias", "run/netns/new")]
    [TestCase("nowhere/x", "x")]
    public void Another_is_another(string one, string other) => Are(one, other).Should().BeFalse();

    private bool Are(string one, string other)
    {
        var (a, b) = ($"{_directory}/{one}", $"{_directory}/{other}");
        SamePlace.Are(b, a).Should().Be(SamePlace.Are(a, b));
        return SamePlace.Are(a, b);
    }
}
