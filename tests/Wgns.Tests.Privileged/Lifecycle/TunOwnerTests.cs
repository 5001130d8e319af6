namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>Whose the embedded engine's TUN is. Not of a user namespace with one user in it, who is everybody.</summary>
public sealed class TunOwnerTests
{
    [TestCase(true)]
    [TestCase(false)]
    public void A_program_inside_without_rights_over_the_namespace_cannot_open_it(bool isDead)
    {
        using var lab = LeftDeviceTests.Up();
        if (isDead)
        {
            LeftDevice.KillEngine(lab.Name);
        }

        using var stranger = lab.Enter("setpriv", "--reuid", "64321", "--regid", "64321", "--clear-groups", "--inh-caps=-all", "/usr/bin/python3", "-c", LeftDeviceTests.Attach(lab));
        var answer = stranger.End();
        (answer.Exit, answer.Errors.Contains("PermissionError", StringComparison.Ordinal)).Should().Be((1, true), answer.Words);

        // Nor root's, where a service has given its capabilities up.
        using var powerless = lab.Enter("setpriv", "--bounding-set=-all", "--inh-caps=-all", "/usr/bin/python3", "-c", LeftDeviceTests.Attach(lab));
        var refused = powerless.End();
        (refused.Exit, refused.Errors.Contains("PermissionError", StringComparison.Ordinal)).Should().Be((1, true), refused.Words);

        // The same by who has them.
        using var root = lab.Enter("python3", "-c", LeftDeviceTests.Attach(lab));
        root.Hear("has it");
    }
}
