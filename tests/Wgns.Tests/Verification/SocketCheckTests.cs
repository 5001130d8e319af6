using System.Collections.Immutable;
using Wgns.Linux.Namespaces;
using Wgns.Observation;
using Wgns.Verification;

namespace Wgns.Tests.Verification;

/// <summary>Where a tunnel's own UDP socket is, as `verify` judges it.</summary>
public sealed class SocketCheckTests
{
    private const int Port = 51820;
    private static readonly NetnsIdentity s_inside = new(4, 100);
    private static readonly NetnsIdentity s_outside = new(4, 200);
    private static readonly ObservedState s_observed = new() { Name = "vpn", Netns = NetnsPresence.Present, NetnsIdentity = s_inside };
    private static readonly Evidence s_nothing = new() { Observed = s_observed, Later = s_observed, Now = DateTimeOffset.UnixEpoch };

    [Test]
    public void An_engine_is_judged_by_its_own_sockets_whoever_else_has_the_port()
    {
        Of(Engine(s_nothing, s_outside) with { PortsInside = [Port] }).Should().Be(Outcome.Ok);
        Of(Engine(s_nothing, [null])).Should().Be(Outcome.Ok, "what is inside is told");
        Of(Engine(s_nothing, s_outside, s_inside) with { PortsOutside = [Port] }).Should().Be(Outcome.Failed);
        Of(Engine(s_nothing) with { PortsOutside = [Port] }).Should().Be(Outcome.Failed);
    }

    [Test]
    public void A_kernels_device_is_not_said_to_be_outside_where_the_port_is_bound_inside_too()
    {
        Of(s_nothing with { PortsOutside = [Port] }).Should().Be(Outcome.Ok);
        Of(s_nothing with { PortsInside = [Port] }).Should().Be(Outcome.Failed);
        Of(s_nothing with { PortsOutside = [Port], PortsInside = [Port] }).Should().Be(Outcome.NotApplicable);
        Of(s_nothing).Should().Be(Outcome.Failed);
    }

    private static Evidence Engine(Evidence evidence, params NetnsIdentity?[] sockets) =>
        evidence with { EngineSockets = ImmutableDictionary<string, ImmutableArray<NetnsIdentity?>>.Empty.Add("wg0", [.. sockets]) };

    private static Outcome Of(Evidence evidence) => Checks.Port("tunnel wg0", "wg0", Port, isUp: true, evidence).Outcome;
}
