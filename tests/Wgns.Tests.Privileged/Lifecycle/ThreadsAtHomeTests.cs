namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>Law 7: no thread of ours stays in a namespace, or the host's traffic would go there.</summary>
[Category("UserNamespace")]
public sealed class ThreadsAtHomeTests
{
    [Test]
    public void After_an_up_and_a_down_in_this_process_every_thread_is_in_the_hosts_netns()
    {
        using var lab = new Lab();
        InProcess.Up(lab);
        Threads.AllShouldBeAtHome();
        lab.Rules = "add rule inet wgns input tcp dport 6881 accept\n";
        lab.Save();
        InProcess.Up(lab);
        Threads.AllShouldBeAtHome();
        InProcess.Down(lab);
        Threads.AllShouldBeAtHome();
        lab.Leftovers().Should().BeEmpty();
    }
}
