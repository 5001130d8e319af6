using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Rootless;

namespace Wgns.Tests.Rootless;

public sealed class NamespaceAdviceTests
{
    private static readonly NamespaceLimits Free = new("15000", null, null);

    [Test]
    public void A_limit_of_zero_is_named_with_the_command_that_raises_it() =>
        Of(NamespaceStep.CreateUser, Errno.ENOSPC, Free with { MostUserNamespaces = "0" })
            .Should().Contain("user.max_user_namespaces is 0").And.Contain("sysctl -w user.max_user_namespaces=");

    [Test]
    public void A_limit_that_is_reached_is_told_from_one_of_zero() =>
        Of(NamespaceStep.CreateUser, Errno.ENOSPC, Free).Should().Contain("as many user namespaces as this machine allows").And.Contain("15000");

    [Test]
    public void A_kernel_that_keeps_them_for_root_is_named_with_its_setting() =>
        Of(NamespaceStep.CreateUser, Errno.EPERM, Free with { UnprivilegedClone = "0" })
            .Should().Contain("sysctl -w kernel.unprivileged_userns_clone=1");

    [TestCase(NamespaceStep.CreateUser)]
    [TestCase(NamespaceStep.MapIds)]
    [TestCase(NamespaceStep.Mounts)]
    [TestCase(NamespaceStep.Capabilities)]
    public void AppArmors_restriction_comes_with_the_text_of_a_profile_for_this_very_program(NamespaceStep step) =>
        Of(step, Errno.EACCES, Free with { AppArmorRestricts = "1" })
            .Should().Contain("AppArmor").And.Contain("profile wgns /opt/wgns flags=(unconfined) { userns, }").And.Contain("apparmor_parser -r");

    [Test]
    public void A_kernel_without_them_is_said_to_be_so() =>
        Of(NamespaceStep.CreateUser, Errno.EINVAL, new NamespaceLimits(null, null, null)).Should().Contain("this kernel has no user namespaces");

    [Test]
    public void Whatever_else_forbids_it_is_told_in_the_kernels_words() =>
        Of(NamespaceStep.CreateUser, Errno.EPERM, Free).Should().Contain("Operation not permitted").And.Contain("seccomp");

    [Test]
    public void A_setting_is_not_blamed_for_what_it_has_no_part_in() =>
        Of(NamespaceStep.Execute, Errno.ENOENT, Free with { AppArmorRestricts = "1" }).Should().NotContain("AppArmor");

    [TestCase(2, "modprobe tun")]
    [TestCase(19, "modprobe tun")]
    [TestCase(13, "chmod 0666 /dev/net/tun")]
    [TestCase(5, "cannot be opened")]
    public void A_tun_that_cannot_be_had_comes_with_its_cure(int errno, string cure)
    {
        var (problem, hint) = NamespaceAdvice.OfTun(new Errno(errno))!.Value;
        (problem + hint).Should().Contain(cure);
    }

    [Test]
    public void A_tun_that_is_open_needs_no_words() => NamespaceAdvice.OfTun(Errno.None).Should().BeNull();

    private static string Of(NamespaceStep step, Errno errno, NamespaceLimits limits)
    {
        var (problem, hint) = NamespaceAdvice.Of(new NamespaceChildResult.Refused(step, "create a user namespace", errno), limits, "/opt/wgns");
        return $"{problem}\n{hint}";
    }
}
