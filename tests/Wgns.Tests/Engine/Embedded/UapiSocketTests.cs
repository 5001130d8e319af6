using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Wgns.Engine.Embedded;
using Wgns.Linux.Events;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.Tun;
using Wgns.WireGuard;

namespace Wgns.Tests.Engine.Embedded;

public sealed class UapiSocketTests
{
    private string _directory = null!;
    private Running _engine = null!;

    [SetUp]
    public void Start()
    {
        _directory = Directory.CreateTempSubdirectory("wgns").FullName;
        _engine = new Running($"{_directory}/wg0.sock");
    }

    [TearDown]
    public void Stop()
    {
        _engine.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public void Requests_that_come_in_one_piece_are_all_answered()
    {
        var peer = new string('7', 64);
        _engine.Ask($"set=1\npublic_key={peer}\nallowed_ip=10.0.0.0/8\n\nget=1\n\n")
            .Should().StartWith("errno=0\n\nlisten_port=0\n").And.Contain($"public_key={peer}\n").And.EndWith("\nerrno=0\n\n");
        _engine.Ask("get=2\n\nget=1\n\n").Should().StartWith("errno=-22\n\nlisten_port=0\n");
    }

    [Test]
    public void Whatever_is_said_is_answered_and_the_next_one_too()
    {
        string[] keys =
        [
            "private_key", "listen_port", "fwmark", "replace_peers", "public_key", "remove", "update_only", "preshared_key", "endpoint",
            "persistent_keepalive_interval", "replace_allowed_ips", "allowed_ip", "protocol_version", "errno", "get", "", "\u202e",
        ];
        string[] values =
        [
            "0", "1", "65535", "65536", "-1", "4294967295", "4294967296", "true", "false", "", "=", "10.0.0.0/8", "10.0.0.1/33", "::/0", "::/129",
            "::ffff:10.0.0.1/128", "127.0.0.1:1", "[::1]:1", "[::1%9]:1", "[fe80::1%lo]:1", "[::ffff:127.0.0.1]:1", "127.0.0.1:0", "1.2.3.4", ":1", "a:1",
            new string('0', 64), new string('1', 64), new string('7', 64), new string('f', 64), new string('x', 64), new string('7', 63), new string('9', 100_000),
        ];
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var request = new StringBuilder(random.Next(20) == 0 ? "set=2\n" : "set=1\n");
            for (var lines = random.Next(8); lines > 0; lines--)
            {
                var key = keys[random.Next(keys.Length)];
                var value = values[random.Next(values.Length)];
                request.Append(key == "listen_port" ? "fwmark=0" : random.Next(50) == 0 && key.Length > 0 ? key : $"{key}={value}").Append('\n');
            }

            _engine.Ask(request + "\n").Should().MatchRegex(@"\Aerrno=(0|-\d+)\n\n\z", "of {0}", request);
        }

        _engine.Ask("get=1\n\n").Should().EndWith("\nerrno=0\n\n");
    }

    [Test]
    public void Its_end_waits_for_no_caller_who_says_nothing_more()
    {
        var path = $"{_directory}/wg1.sock";
        var engine = new Running(path);
        using var caller = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        caller.Connect(new UnixDomainSocketEndPoint(path));
        caller.Send("get=1\n\n"u8);
        caller.Receive(new byte[4096]).Should().BePositive("it is being attended to");
        var clock = Stopwatch.StartNew();

        engine.Dispose();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3), "a caller has five");
    }

    /// <summary>What answers in an engine, without what carries packets.</summary>
    private sealed class Running : IDisposable
    {
        private readonly LibcryptoPrimitives _primitives = new();
        private readonly UdpPorts _ports = new();
        private readonly Bell _bell = new();
        private readonly Device _device;
        private readonly ConfiguredDevice _configured;
        private readonly UapiSocket _socket;
        private readonly Thread _thread;
        private readonly string _path;

        internal Running(string path)
        {
            _path = path;
            var log = new EngineLog(TextWriter.Null);
            _device = new Device(_primitives, new KernelRandom());
            _configured = new ConfiguredDevice(_device, _ports, new Carrier(_ports.Bind, new InMemoryTun(), new Wake(_bell)), log);
            _socket = new UapiSocket(path);
            _thread = new Thread(() => _socket.Run(_configured, log, () => { }));
            _thread.Start();
        }

        /// <summary>All that is answered to somebody who says this and no more.</summary>
        internal string Ask(string requests)
        {
            using var caller = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            caller.Connect(new UnixDomainSocketEndPoint(_path));
            caller.Send(Encoding.UTF8.GetBytes(requests));
            caller.Shutdown(SocketShutdown.Send);
            var answer = new StringBuilder();
            var buffer = new byte[4096];
            while (caller.Receive(buffer) is > 0 and var received)
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, received));
            }

            return answer.ToString();
        }

        public void Dispose()
        {
            _socket.Dispose();
            _thread.Join();
            _configured.Dispose();
            _device.Dispose();
            _ports.Dispose();
            _bell.Dispose();
        }
    }
}
