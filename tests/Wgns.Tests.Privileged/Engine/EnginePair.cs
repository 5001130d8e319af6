using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Wgns.Tests.Privileged.Engine;

/// <summary>
/// Two engines, each with its TUN in a netns of its own and both with their sockets in a third, whose loopback is the network
/// between them. Each is the embedded one or wireguard-go.
/// </summary>
internal sealed class EnginePair : IDisposable
{
    private static int s_count;

    private readonly TestNetns _between = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("wgns-pair-").FullName;

    /// <param name="outer">127.0.0.1 or ::1.</param>
    internal EnginePair(bool firstIsEmbedded, bool secondIsEmbedded, string outer = "127.0.0.1", int mtu = 1420)
    {
        _between.Exec("ip", "link", "set", "lo", "up");
        Outer = outer.Contains(':', StringComparison.Ordinal) ? $"[{outer}]" : outer;
        File.WriteAllText(Path.Combine(_directory, "psk"), Tool.Run("wg", "genpsk"));
        First = new Side(this, firstIsEmbedded, 1, mtu);
        Second = new Side(this, secondIsEmbedded, 2, mtu);
        First.Know(Second, knowsWhere: true);
        Second.Know(First, knowsWhere: false);
    }

    internal Side First { get; }

    internal Side Second { get; }

    internal TestNetns Between => _between;

    private string Outer { get; }

    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
        _between.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    internal sealed class Side : IDisposable
    {
        private readonly EnginePair _pair;
        private readonly Running _engine;
        private readonly TestNetns _inside = new();
        private readonly int _number;
        private readonly string _socket;

        internal Side(EnginePair pair, bool isEmbedded, int number, int mtu)
        {
            (_pair, _number) = (pair, number);
            Ifname = string.Create(CultureInfo.InvariantCulture, $"wp{Environment.ProcessId}x{Interlocked.Increment(ref s_count)}");
            _socket = UapiListening.PathOf(Ifname);
            Directory.CreateDirectory("/var/run/wireguard");
            string[] command = isEmbedded
                ? [Cli.Binary, "__engine", _socket, $"/run/netns/{_inside.Name}", Ifname]
                : ["wireguard-go", "-f", Ifname];
            _engine = Within.Start(pair._between.Name, command);
            Until.True(() => _engine.HasEnded || UapiListening.Is(_engine.Pid, Ifname), 30).Should().BeTrue("it listens: {0}", _engine.Lines());
            if (_engine.HasEnded)
            {
                throw new AssertionException($"it does not run: {_engine.End().Words}");
            }

            if (!isEmbedded)
            {
                pair._between.Exec("ip", "link", "set", Ifname, "netns", _inside.Name);
            }

            File.WriteAllText(KeyFile, Tool.Run("wg", "genkey"));
            Wg("private-key", KeyFile);
            PublicKey = Tool.Run("wg", "show", Ifname, "public-key").Trim();
            _inside.Exec("ip", "address", "add", Address + "/24", "dev", Ifname);
            _inside.Exec("ip", "address", "add", Address6 + "/64", "dev", Ifname, "nodad");
            _inside.Exec("ip", "link", "set", Ifname, "mtu", mtu.ToString(CultureInfo.InvariantCulture), "up");
        }

        internal string Ifname { get; }

        internal string PublicKey { get; }

        internal string Address => $"10.88.0.{_number}";

        internal string Address6 => $"fd88::{_number}";

        internal int Port => int.Parse(Tool.Run("wg", "show", Ifname, "listen-port"), CultureInfo.InvariantCulture);

        /// <summary>The peer's line of `wg show IFNAME dump`.</summary>
        internal string[] Peer => Tool.Run("wg", "show", Ifname, "dump").TrimEnd().Split('\n')[^1].Split('\t');

        internal bool HasEnded => _engine.HasEnded;

        private string KeyFile => Path.Combine(_pair._directory, $"key{_number}");

        internal void Wg(params string[] settings) => Tool.Run("wg", ["set", Ifname, .. settings]);

        internal void WgPeer(Side other, params string[] settings) => Wg(["peer", other.PublicKey, .. settings]);

        internal void Know(Side other, bool knowsWhere) => WgPeer(other,
        [
            "preshared-key", Path.Combine(_pair._directory, "psk"), "allowed-ips", $"{other.Address}/32,{other.Address6}/128",
            .. knowsWhere ? (string[])["endpoint", $"{_pair.Outer}:{other.Port}"] : [],
        ]);

        internal void DeleteLink() => _inside.Exec("ip", "link", "delete", Ifname);

        internal void RemoveSocket() => File.Delete(_socket);

        internal void MayOpen(int descriptors) => Tool.Run("prlimit", "--pid", $"{_engine.Pid}", $"--nofile={descriptors}:4096");

        internal Running Signal(string name) => _engine.Signal(name);

        internal Socket Listen(string address, int port, SocketType type)
        {
            var ip = IPAddress.Parse(address);
            var socket = SocketInside.Open(_inside.Name, ip.AddressFamily, type);
            socket.Bind(new IPEndPoint(ip, port));
            if (type == SocketType.Stream)
            {
                socket.Listen();
            }

            return socket;
        }

        internal Socket Udp(bool ipv6) =>
            SocketInside.Open(_inside.Name, ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram);

        internal Socket Connect(string address, int port) => SocketInside.Connect(_inside.Name, address, port);

        public void Dispose()
        {
            _engine.Dispose();
            File.Delete(_socket);
            _inside.Dispose();
        }
    }
}
