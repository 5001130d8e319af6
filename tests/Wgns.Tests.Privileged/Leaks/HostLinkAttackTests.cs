using System.Globalization;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>Somebody means it: a neighbour on the LAN, the tunnel's far side, and whoever may make packets inside.</summary>
public sealed class HostLinkAttackTests
{
    private const string Extra = """
        hostLink = { hostAddresses = ["10.231.7.1/30", "fd31:7::1/126"], nsAddresses = ["10.231.7.2/30", "fd31:7::2/126"] }
        publish = [
          { listen = "192.0.2.2:8112", connect = 8080, from = "lan", via = "link" },
          { listen = "192.0.2.2:8112", connect = 8080, from = "lan", via = "link", protocol = "udp" },
          { listen = "[2001:db8:1::2]:8112", connect = 8080, from = "lan", via = "link", protocol = "udp" },
          { listen = 8080, from = "tunnel" },
        ]
        """;

    /// <summary>Answers by TCP with its own address as the other has it, and says who sent it what by UDP.</summary>
    private const string Hears = """
        import socket, sys, threading
        port = int(sys.argv[1])
        t = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
        u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        u.bind(("::", port))
        def tcp():
            while True:
                c, who = t.accept()
                c.sendall(b"hello " + c.getsockname()[0].encode())
                c.close()
        threading.Thread(target=tcp, daemon=True).start()
        print("listening", flush=True)
        while True:
            data, who = u.recvfrom(9000)
            print("heard", who[0], data[:40].decode(), flush=True)
            u.sendto(b"answer", who)
        """;

    /// <summary>UDP with any source, whole and in two fragments, by a packet(7) socket: DEVICE GATEWAY_MAC PORT, then SOURCE>DESTINATION…</summary>
    private const string Forges = """
        import socket, struct, sys, time
        device, mac, port = sys.argv[1], bytes.fromhex(sys.argv[2].replace(":", "")), int(sys.argv[3])
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        s.bind((device, 0))
        own = s.getsockname()[4]
        def total(data):
            data += b"\0" * (len(data) % 2)
            n = sum(struct.unpack(f"!{len(data) // 2}H", data))
            while n >> 16: n = (n & 0xffff) + (n >> 16)
            return n ^ 0xffff
        def send(kind, packet): s.send(mac + own + kind + packet)
        def v4(src, dst, body, number, offset, more):
            head = lambda check: struct.pack("!BBHHHBBH4s4s", 69, 0, 20 + len(body), number, (offset // 8) | (0x2000 if more else 0), 64, 17, check, src, dst)
            send(b"\x08\x00", head(total(head(0))) + body)
        def v6(src, dst, body, number, offset, more, whole):
            extra = b"" if whole else struct.pack("!BBHI", 17, 0, offset | more, number)
            send(b"\x86\xdd", struct.pack("!IHBB16s16s", 6 << 28, len(extra + body), 17 if whole else 44, 64, src, dst) + extra + body)
        number = 1000
        for pair in sys.argv[4:]:
            src, dst = pair.split(">")
            family = socket.AF_INET6 if ":" in dst else socket.AF_INET
            a, b = socket.inet_pton(family, src), socket.inet_pton(family, dst)
            for way in ("whole", "fragments"):
                for source in (8080, 4444):
                    number += 1
                    data = f"{way} {pair}".encode().ljust(64, b".")
                    pseudo = a + b + struct.pack("!IHH", 8 + len(data), 0, 17) if family == socket.AF_INET6 else a + b + struct.pack("!HH", 17, 8 + len(data))
                    head = lambda check: struct.pack("!HHHH", source, port, 8 + len(data), check)
                    body = head(total(pseudo + head(0) + data) or 0xffff) + data
                    if family == socket.AF_INET:
                        if way == "whole": v4(a, b, body, number, 0, False)
                        else: v4(a, b, body[:24], number, 0, True); v4(a, b, body[24:], number, 24, False)
                    elif way == "whole": v6(a, b, body, number, 0, 0, True)
                    else: v6(a, b, body[:24], number, 0, 1, False); v6(a, b, body[24:], number, 24, 0, False)
        time.sleep(0.5)
        print("sent")
        """;

    [Test]
    public void A_neighbour_reaches_neither_end_nor_speaks_in_the_name_of_one()
    {
        using var street = new Street();
        using var lab = Up(street, out var inside, out var host);
        Tool.Run("ip", "-n", street.Lan, "route", "add", "10.231.7.0/30", "via", "192.0.2.2");
        Tool.Run("ip", "-n", street.Lan, "-6", "route", "add", "fd31:7::/126", "via", "2001:db8:1::2");
        foreach (var address in (string[])["10.231.7.1", "fd31:7::1"])
        {
            Asked(street.Lan, address, 8082).Should().BeEmpty("the host's end is the namespace's to talk to");
            Asked(street.Host, address, 8082).Should().StartWith("hello", "the control: it listens");
        }

        foreach (var address in (string[])["10.231.7.2", "fd31:7::2"])
        {
            Asked(street.Lan, address, 8080).Should().BeEmpty();
            Asked(street.Host, address, 8080).Should().StartWith("hello");
        }

        // As if from inside, from the host's end, from this machine itself, from everybody.
        foreach (var port in (int[])[8080, 8082, 8112])
        {
            Forge(street.Lan, "host0", MacOf(street.Host, "lan0"), port, [
                "192.0.2.1>192.0.2.2", "2001:db8:1::1>2001:db8:1::2",
                .. from source in (string[])["10.231.7.1", "10.231.7.2", "10.231.7.3", "127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "192.0.2.1"]
                   from target in (string[])["10.231.7.1", "10.231.7.2", "10.231.7.3", "127.0.0.1", "192.0.2.2"]
                   where source != "192.0.2.1" || target != "192.0.2.2"
                   select $"{source}>{target}",
                .. from source in (string[])["fd31:7::1", "fd31:7::2", "::1", "ff02::1", "2001:db8:1::1"]
                   from target in (string[])["fd31:7::1", "fd31:7::2", "::1", "2001:db8:1::2"]
                   where source != "2001:db8:1::1" || target != "2001:db8:1::2"
                   select $"{source}>{target}",
            ]);
        }

        foreach (var heard in (string[])[.. Heard(inside), .. Heard(host)])
        {
            // What is for the published port is sent on with the host's end as its source, whatever it says; the answer goes nowhere.
            var goesOn = heard.StartsWith("heard ::ffff:10.231.7.1 ", StringComparison.Ordinal) || heard.StartsWith("heard fd31:7::1 ", StringComparison.Ordinal);
            (goesOn ? heard.Split('>')[^1] : heard.Split(' ')[1]).Should().MatchRegex(goesOn ? "^(192.0.2.2|2001:db8:1::2)" : "^(::ffff:192.0.2.1|2001:db8:1::1)$", heard);
        }

        Heard(host).Should().Contain(h => h.Contains("whole 192.0.2.1>192.0.2.2")).And.Contain(h => h.Contains("fragments 192.0.2.1>192.0.2.2"), "the control: packets of such making arrive")
            .And.Contain(h => h.Contains("fragments 2001:db8:1::1>2001:db8:1::2"));
        Heard(inside).Should().Contain(h => h.Contains("fragments 192.0.2.1>192.0.2.2"));
    }

    [Test]
    public void What_is_forged_inside_gets_nothing_to_the_host_nor_past_it()
    {
        using var street = new Street();
        using var lab = Up(street, out _, out var host);
        street.LeaksByPlace();
        foreach (var rules in (bool[])[true, false])
        {
            Forge(lab.Name, "host0", MacOf(street.Host, $"wgh-{lab.Name}"), 8082, [
                .. from source in (string[])["10.231.7.2", "10.231.7.1", "10.231.7.3", "10.99.0.2", "10.99.0.1", "192.0.2.1", "192.0.2.2", "127.0.0.1", "169.254.3.4", "0.0.0.0", "255.255.255.255"]
                   from target in (string[])["10.231.7.1", "10.231.7.3", "192.0.2.2", "192.0.2.1", "127.0.0.1", "255.255.255.255", "224.0.0.1"]
                   select $"{source}>{target}",
                .. from source in (string[])["fd31:7::2", "fd31:7::1", "fd31:7::3", "fd99::2", "fe80::7", "2001:db8:1::1", "::1", "::"]
                   from target in (string[])["fd31:7::1", "2001:db8:1::2", "2001:db8:1::1", "fe80::1", "ff02::1", "::1"]
                   select $"{source}>{target}",
            ]);
            Heard(host).Should().BeEmpty(rules ? "the rules stand" : "the host's own do");
            Asks(lab.Name, "10.231.7.1").Should().BeTrue("it is the link's address");
            Asks(lab.Name, "192.0.2.2").Should().BeFalse("nobody inside is told what else the host is");
            Within.Run(lab.Name, "nft", "flush", "ruleset");
        }

        street.LeaksByPlace().Beyond.Select(p => p.ToString()).Should().BeEmpty();

        // A conversation of the host's is answered, by whom it asked and where it asked from.
        using var asks = street.Start("python3", "-c", """
            import socket, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind(("0.0.0.0", 8083))
            s.sendto(b"?", ("10.231.7.2", 9999))
            print("asked", flush=True)
            s.settimeout(3)
            try:
                while True: print("heard", *s.recvfrom(100)[1], flush=True)
            except OSError: print("end", flush=True)
            """);
        asks.Hear("asked");
        Forge(lab.Name, "host0", MacOf(street.Host, $"wgh-{lab.Name}"), 8083, ["10.231.7.2>10.231.7.1", "10.231.7.2>192.0.2.2"]);
        asks.Hear("end");
        asks.Lines().Should().NotContain("heard", "it came from other ports than the one that was asked");
        Within.Run(street.Host, "nft", "flush", "ruleset");
        Forge(lab.Name, "host0", MacOf(street.Host, $"wgh-{lab.Name}"), 8082, ["10.231.7.2>10.231.7.1", "fd31:7::2>fd31:7::1"]);
        Heard(host).Should().Contain(h => h.Contains("fragments 10.231")).And.Contain(h => h.Contains("whole fd31"), "the control: it is the rules that keep them");
    }

    [Test]
    public void The_tunnels_far_side_does_not_reach_what_listens_for_the_host()
    {
        using var street = new Street();
        using var lab = Up(street, out var inside, out _);
        var provider = lab.Provider!;
        Tool.Run("wg", "set", provider.Ifname, "peer", lab.PublicKey, "allowed-ips", "10.99.0.2/32,fd99::2/128,10.231.7.0/30,fd31:7::/126");
        foreach (var (network, family) in ((string, string)[])[("10.231.7.0/30", "-4"), ("fd31:7::/126", "-6")])
        {
            Tool.Run("ip", "-n", provider.Name, family, "route", "add", network, "dev", provider.Ifname);
        }

        Asked(provider.Name, "10.99.0.2", 8080).Should().Be("hello ::ffff:10.99.0.2", "that port is published from the tunnel");
        Asked(provider.Name, "10.231.7.2", 8080).Should().BeEmpty("that address is the host's to ask");
        Asked(provider.Name, "fd31:7::2", 8080).Should().BeEmpty();
        Asked(lab.Name, "10.231.7.2", 8080).Should().StartWith("hello", "whoever is inside may");
        Heard(inside).Should().BeEmpty();
    }

    [TestCase("ip -n {host} link set wgh-{name} name other0")]
    [TestCase("ip -n {name} link set host0 name other0")]
    [TestCase("ip -n {host} link set wgh-{name} netns {lan}")]
    [TestCase("ip -n {name} link set host0 netns {lan} name other0")]
    [TestCase("ip -n {host} link delete wgh-{name}")]
    [TestCase("ip -n {host} address flush dev wgh-{name}")]
    public void An_end_that_somebody_renames_moves_or_deletes_opens_nothing_and_is_made_anew(string what)
    {
        using var street = new Street();
        using var lab = street.MakeLab();
        lab.Extra = Extra;
        lab.Save();
        var before = Links(street.Host);
        Raise(street, lab, out _, out var host);
        street.LeaksByPlace();

        var words = what.Replace("{host}", street.Host, StringComparison.Ordinal).Replace("{name}", lab.Name, StringComparison.Ordinal).Replace("{lan}", street.Lan, StringComparison.Ordinal).Split(' ');
        Tool.Run(words[0], words[1..]);
        foreach (var (netns, link) in ((string, string)[])[(lab.Name, "other0"), (street.Host, "other0")])
        {
            Tool.Ask("ip", "-n", netns, "link", "set", link, "up");
        }

        lab.Enter([Talker.Path, "shoot", "-", "2", .. Talker.Targets, "10.231.7.1", "192.0.2.2"]).End().Output.Should().Contain("udp ");
        Asked(lab.Name, "10.231.7.1", 8082).Should().BeEmpty();
        street.LeaksByPlace().Beyond.Where(p => p.Kind is not (null or "packet")).Select(p => p.ToString()).Should().BeEmpty();
        Heard(host).Should().BeEmpty();

        lab.Do("up", lab.Config).Should().NotContain("nothing to do");
        Asked(street.Host, "10.231.7.2", 8080).Should().StartWith("hello");
        lab.Do("up", lab.Config).Should().Contain("nothing to do");
        Tool.Run(words[0], words[1..]);
        lab.Down("--force");
        Links(street.Host).Should().Be(before);
        Machine.Ruleset(street.Host).Should().BeEmpty();
    }

    [Test]
    public void An_answer_to_what_a_program_asked_itself_in_the_hosts_name_does_not_get_there_without_the_hosts_rules_either()
    {
        using var street = new Street();
        using var lab = Up(street, out _, out var host);
        Within.Run(street.Host, "nft", "flush", "ruleset");

        lab.Enter("python3", "-c", Unasked.Answers, "fd31:7::2", "fd31:7::1", "8082", "closed").End().Output.Should().Contain("tried");
        Within.Run(lab.Name, "nft", "insert rule inet wgns output oif lo accept");
        lab.Enter("python3", "-c", Unasked.Answers, "fd31:7::2", "fd31:7::1", "8082", "open").End().Output.Should().Contain("tried");

        Until.True(() => Heard(host).Length > 0).Should().BeTrue("the control: it is the rule that keeps it");
        Heard(host).Should().Equal("heard fd31:7::2 open");
    }

    [Test]
    public void A_link_of_somebody_elses_with_a_name_like_ours_is_not_forwarded_to()
    {
        using var street = new Street();
        using var hears = Within.Start(street.LayOther("wgh-theirs"), "python3", "-c", Hears, "8080");
        hears.Hear("listening");
        using var lab = Up(street, out _, out _);

        Forge(street.Lan, "host0", MacOf(street.Host, "lan0"), 8080, [$"192.0.2.1>{Street.Beyond}"]);

        Heard(hears).Should().BeEmpty("this machine did not forward before wgns");
        Within.Run(street.Host, "nft", "flush", "ruleset");
        Forge(street.Lan, "host0", MacOf(street.Host, "lan0"), 8080, [$"192.0.2.1>{Street.Beyond}"]);
        Heard(hears).Should().Contain(h => h.Contains("whole 192.0.2.1>"), "the control: it is the rules that keep it");
    }

    private static Lab Up(Street street, out Running inside, out Running host)
    {
        var lab = street.MakeLab();
        lab.Extra = Extra;
        lab.Save();
        Raise(street, lab, out inside, out host);
        return lab;
    }

    private static void Raise(Street street, Lab lab, out Running inside, out Running host)
    {
        lab.Up("--wait");
        inside = lab.Enter("python3", "-c", Hears, "8080");
        host = street.Start("python3", "-c", Hears, "8082");
        inside.Hear("listening");
        host.Hear("listening");
    }

    private static void Forge(string netns, string device, string mac, int port, string[] pairs)
    {
        using var forging = Within.Start(netns, ["python3", "-c", Forges, device, mac, port.ToString(CultureInfo.InvariantCulture), .. pairs]);
        var answer = forging.End();
        answer.Output.Should().Contain("sent", answer.Errors);
    }

    private static string[] Heard(Running hearing) => [.. hearing.Lines().Split('\n').Where(l => l.StartsWith("heard ", StringComparison.Ordinal))];

    /// <summary>Whether ARP tells who has the address.</summary>
    private static bool Asks(string netns, string address)
    {
        using var asking = Within.Start(netns, ["python3", "-c", """
            import socket, struct, sys
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
            s.bind(("host0", 0x0806))
            own = s.getsockname()[4]
            s.settimeout(1)
            s.send(b"\xff" * 6 + own + b"\x08\x06" + struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, own, socket.inet_aton("10.231.7.2"), b"\0" * 6, socket.inet_aton(sys.argv[1])))
            try:
                while True:
                    data = s.recv(100)
                    if data[20:22] == b"\0\x02" and data[28:32] == socket.inet_aton(sys.argv[1]): print("told"); break
            except OSError: print("nobody")
            """, address]);
        return asking.End().Output.Contains("told", StringComparison.Ordinal);
    }

    private static string Asked(string netns, string address, int port)
    {
        using var asking = Within.Start(netns, ["python3", "-c", """
            import socket, sys
            try:
                s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)
                print(s.recv(100).decode(), end="")
            except OSError: pass
            """, address, port.ToString(CultureInfo.InvariantCulture)]);
        return asking.End().Output.Trim();
    }

    private static string MacOf(string netns, string link) => Machine.Ip(netns, "link", "show", link).Single().GetProperty("address").GetString()!;

    private static string Links(string netns) => string.Join(' ', Machine.Ip(netns, "link").Select(l => l.GetProperty("ifname").GetString()));
}
