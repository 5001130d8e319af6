using FsCheck;
using FsCheck.Fluent;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;

namespace Wgns.Tests.Rootless;

public sealed class IdMapTests
{
    [Test]
    public void A_user_stays_who_they_are_with_the_subordinate_ids_around() =>
        IdMap.Lines(1000, new IdRange(100000, 65536)).Should().Equal(
            new IdMapLine(0, 100000, 1000), new IdMapLine(1000, 1000, 1), new IdMapLine(1001, 101000, 64536));

    [Test]
    public void A_user_beyond_the_range_is_there_alone_above_it() =>
        IdMap.Lines(70000, new IdRange(100000, 10)).Should().Equal(new IdMapLine(0, 100000, 10), new IdMapLine(70000, 70000, 1));

    [Test]
    public void No_id_is_there_twice_inside_or_outside_and_none_of_the_range_is_lost() => Prop.ForAll(
        Gen.Choose(1, 100_000).ToArbitrary(), Gen.Choose(1, 70_000).ToArbitrary(), (own, count) =>
        {
            var lines = IdMap.Lines((uint)own, new IdRange(200_000, (uint)count));
            var inside = lines.SelectMany(l => Enumerable.Range((int)l.Inside, (int)l.Count)).ToList();
            var outside = lines.SelectMany(l => Enumerable.Range((int)l.Outside, (int)l.Count)).ToList();
            return inside.Distinct().Count() == count + 1 && outside.Distinct().Count() == count + 1 && inside.Contains(own) && outside.Contains(own);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [TestCase("anna:1000:5\nbert:2000:6", "bert", 7u, 2000u)]
    [TestCase("anna:1000:5\n1001:2000:6", "bert", 1001u, 2000u)]
    [TestCase("bert:no:6\nbert:3000:6", "bert", 7u, 3000u)]
    public void A_users_range_is_found_by_name_or_number(string lines, string name, uint uid, uint first) =>
        IdMap.RangeIn(lines.Split('\n'), name, uid)!.Value.First.Should().Be(first);

    [TestCase("")]
    [TestCase("anna:1000:5")]
    [TestCase("bert:1000:0")]
    public void Who_is_not_in_the_file_has_none(string lines) => IdMap.RangeIn(lines.Split('\n'), "bert", 7).Should().BeNull();

    [Test]
    public void A_single_id_is_enough_where_one_of_the_four_is_missing()
    {
        var whole = new IdMap(1000, 1000, new IdRange(1, 1), new IdRange(1, 1), "/u", "/g");
        whole.HasOthers.Should().BeTrue();
        (whole with { Uids = null }).HasOthers.Should().BeFalse();
        (whole with { Gids = null }).HasOthers.Should().BeFalse();
        (whole with { NewUidMap = null }).HasOthers.Should().BeFalse();
        (whole with { NewGidMap = null }).HasOthers.Should().BeFalse();
    }

    [Test]
    public void This_process_is_in_its_own_user_namespace() => UserMap.HasUser(Wgns.Linux.Files.FileOwner.OfThisProcess()).Should().BeTrue();
}
