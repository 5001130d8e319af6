using Wgns.Linux.Processes;

namespace Wgns.Tests.Linux.Processes;

public sealed class OwnMemoryTests
{
    [TestCase("00404000-008eb000 r-xp 00004000 fe:00 1234                      /usr/bin/a name with spaces", true)]
    [TestCase("00404000-008eb000 r--p 00004000 fe:00 1234                      /usr/bin/wgns", false, TestName = "Relocated data has no file to come back from")]
    [TestCase("00404000-008eb000 rwxp 00000000 fe:00 1234                      /usr/bin/wgns", false)]
    [TestCase("7f1e74000000-7f1e742e4000 r-xp 00000000 00:00 0", false)]
    [TestCase("7ffd1c5f2000-7ffd1c5f4000 r-xp 00000000 00:00 0                          [vdso]", false)]
    public void Only_code_that_is_in_a_file_is_let_go(string line, bool isCode) =>
        OwnMemory.CodeIn(line).Should().Be(isCode ? ((nuint)0x404000, (nuint)0x4e7000) : null);

    [Test]
    public void A_process_that_was_trimmed_goes_on()
    {
        var before = Environment.WorkingSet;
        OwnMemory.Trim();
        File.ReadAllText("/proc/self/comm").Should().NotBeEmpty();
        Environment.WorkingSet.Should().BeLessThan(before);
    }
}
