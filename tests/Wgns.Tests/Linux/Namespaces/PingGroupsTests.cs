using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Linux.Namespaces;

public sealed class PingGroupsTests
{
    /// <summary>By how many groups from 0 on are there: all, a user's subordinate ones, the user's own alone.</summary>
    [TestCase("1\t0", uint.MaxValue, "1\t0")]
    [TestCase("65534\t65534", uint.MaxValue, "65534\t65534")]
    [TestCase("0\t2147483647", uint.MaxValue, "0\t2147483647")]
    [TestCase("65534\t65534", 1000u, "1 0")]
    [TestCase("65534\t0", 1000u, "1 0")]
    [TestCase("5\t65534", 1000u, "1 0")]
    [TestCase("5\t6", 1000u, "5\t6")]
    [TestCase("65534\t65534", 1u, "")]
    [TestCase("0\t65534", 1u, "")]
    [TestCase("0\t0", 1u, "0\t0")]
    public void A_range_of_groups_that_are_not_there_is_nobodys_where_that_can_be_written(string range, uint groups, string writable) =>
        PingGroups.Writable(range, g => g < groups).Should().Be(writable);
}
