using System.Diagnostics;
using Wgns.Linux;
using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Privileged.Namespaces;

public sealed class NetnsDirectoryTests
{
    [Test]
    public void Ip_netns_sees_a_namespace_made_here_and_can_enter_it()
    {
        using var scratch = new ScratchNetns();
        Tool.Run("ip", "-j", "netns", "list").Should().Contain($"\"{scratch.Name}\"");
        Tool.Run("ip", "netns", "exec", scratch.Name, "readlink", "/proc/self/ns/net").Trim()
            .Should().Be(scratch.Netns.Identity.ToString());
    }

    [Test]
    public void A_namespace_made_by_ip_is_found_and_deleted_here()
    {
        var name = ScratchNetns.NewName();
        Tool.Run("ip", "netns", "add", name);
        using (var netns = new NetnsDirectory().Open(name).Should().BeOfType<NetnsLookup.Found>().Subject.Netns)
        {
            new NetnsDirectory().Delete(name).Should().Be(NetnsDeletion.Deleted);
        }

        Tool.Run("ip", "-j", "netns", "list").Should().NotContain(name);
        new NetnsDirectory().Delete(name).Should().Be(NetnsDeletion.Absent);
    }

    [Test]
    public void Ip_netns_deletes_a_namespace_made_here()
    {
        using var scratch = new ScratchNetns();
        Tool.Run("ip", "netns", "delete", scratch.Name);
        new NetnsDirectory().Open(scratch.Name).Should().BeOfType<NetnsLookup.Absent>();
    }

    [Test]
    public void A_name_that_is_taken_is_answered_with_nothing()
    {
        using var scratch = new ScratchNetns();
        new NetnsDirectory().TryCreate(scratch.Name).Should().BeNull();
        using var still = ((NetnsLookup.Found)new NetnsDirectory().Open(scratch.Name)).Netns;
        still.Identity.Should().Be(scratch.Netns.Identity);
    }

    [Test]
    public void Another_mount_namespace_made_before_sees_the_netns_and_its_end()
    {
        using var first = new ScratchNetns(); // makes the directory a shared mount
        using var other = Process.Start(new ProcessStartInfo("unshare", ["-m", "--propagation", "slave", "sleep", "60"]))!;
        try
        {
            SpinWait.SpinUntil(
                () => Tool.Run("readlink", $"/proc/{other.Id}/ns/mnt") != Tool.Run("readlink", "/proc/self/ns/mnt"),
                TimeSpan.FromSeconds(5)).Should().BeTrue();
            string secondName;
            using (var second = new ScratchNetns())
            {
                secondName = second.Name;
                Tool.Run("grep", "-c", $"/run/netns/{second.Name} ", $"/proc/{other.Id}/mountinfo");
            }

            File.ReadAllText($"/proc/{other.Id}/mountinfo").Should()
                .Contain($"/run/netns/{first.Name} ").And.NotContain($"/run/netns/{secondName} ");
        }
        finally
        {
            other.Kill();
            other.WaitForExit();
        }
    }

    [Test]
    public void A_plain_file_left_over_is_stale_and_is_deleted() => InDirectory(directory =>
    {
        File.WriteAllText(directory.Path + "/old", "");
        directory.Open("old").Should().BeOfType<NetnsLookup.Stale>();
        directory.TryCreate("old").Should().BeNull();
        directory.Delete("old").Should().Be(NetnsDeletion.Deleted);
        File.Exists(directory.Path + "/old").Should().BeFalse();
    });

    [Test]
    public void A_link_planted_under_the_name_leads_nowhere() => InDirectory(directory =>
    {
        var target = directory.Path + "/precious";
        File.WriteAllText(target, "kept");
        File.CreateSymbolicLink(directory.Path + "/vpn", "/proc/1/ns/net");
        File.CreateSymbolicLink(directory.Path + "/dangling", directory.Path + "/made");

        directory.Open("vpn").Should().BeOfType<NetnsLookup.Foreign>().Which.What.Should().Be("a symbolic link");
        directory.Delete("vpn").Should().Be(NetnsDeletion.Foreign);
        directory.TryCreate("dangling").Should().BeNull();
        File.Exists(directory.Path + "/made").Should().BeFalse();
    });

    [Test]
    public void Other_things_under_the_name_are_foreign() => InDirectory(directory =>
    {
        Directory.CreateDirectory(directory.Path + "/dir");
        Tool.Run("mkfifo", directory.Path + "/fifo");
        File.WriteAllText(directory.Path + "/uts", "");
        Tool.Run("mount", "--bind", "/proc/self/ns/uts", directory.Path + "/uts");

        directory.Open("dir").Should().BeOfType<NetnsLookup.Foreign>().Which.What.Should().Be("a directory");
        directory.Open("fifo").Should().BeOfType<NetnsLookup.Foreign>().Which.What.Should().Be("a special file");
        directory.Open("uts").Should().BeOfType<NetnsLookup.Foreign>().Which.What.Should().Be("another kind of namespace");
        directory.Delete("uts").Should().Be(NetnsDeletion.Foreign);
        Tool.Run("umount", directory.Path + "/uts");
    });

    [Test]
    public void A_namespace_in_another_directory_lives_and_goes() => InDirectory(directory =>
    {
        using (var netns = directory.TryCreate("a"))
        {
            Within.Run($"{directory.Path}/a", "readlink", "/proc/self/ns/net").Trim()
                .Should().Be(netns!.Identity.ToString());
        }

        directory.Delete("a").Should().Be(NetnsDeletion.Deleted);
    });

    [Test]
    public void A_namespace_mounted_twice_over_is_deleted_whole() => InDirectory(directory =>
    {
        directory.TryCreate("a")!.Dispose();
        Tool.Run("mount", "--bind", "/proc/self/ns/net", directory.Path + "/a");
        directory.Delete("a").Should().Be(NetnsDeletion.Deleted);
        File.Exists(directory.Path + "/a").Should().BeFalse();
    });

    [Test]
    public void A_process_that_is_gone_has_no_namespace() => Netns.OfProcess(int.MaxValue).Should().BeNull();

    [Test]
    public void A_path_that_is_no_namespace_is_refused()
    {
        var act = () => Netns.OpenPath("/proc/self/ns/uts");
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EINVAL);
    }

    private static void InDirectory(Action<NetnsDirectory> test)
    {
        var path = Directory.CreateTempSubdirectory("wgns-netns").FullName;
        try
        {
            test(new NetnsDirectory(path));
        }
        finally
        {
            while (Tool.Ask("umount", "-R", path).Exit == 0)
            {
                // once for each mount stacked on it
            }

            Directory.Delete(path, recursive: true);
        }
    }
}
