using Wgns.Linux;
using Wgns.Linux.Rtnetlink;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>What stands in the host's netns.</summary>
public sealed partial class InMemoryMachine
{
    private StateRecord ApplyToHost(Operation operation, StateRecord record)
    {
        switch (operation)
        {
            case LoadHostRules o:
                State = State with { Outside = State.Outside with { Tables = State.Outside.Tables.SetItem(o.Table, o.Text) } };
                var (text, listing) = (RulesetPlan.Digest(o.Text), RulesetPlan.DigestOfListing(o.Text));
                return record with
                {
                    HostLinks = [.. record.HostLinks.Select(l => l.Name.Table == o.Table ? l with { RulesText = text, RulesListing = listing } : l)],
                };
            case DeleteHostRules o:
                State = State with { Outside = State.Outside with { Tables = State.Outside.Tables.Remove(o.Table) } };
                return record;
            case SetHostSysctl o:
                State = State with { Outside = State.Outside with { Sysctls = State.Outside.Sysctls.SetItem(o.Key, o.Value) } };
                return record;
            case ForgetCallers:
                // The twin has no traffic.
                return record;
            case CreateHostLink o:
                RequireNetns(o);
                Refuse(State.Outside.Link(o.Link.HostIfname) is not null || State.Link(o.Link.Ifname) is not null, o, Errno.EEXIST);
                _pairs[o.Link.HostIfname] = o.Link.Ifname;
                AddLink(o.Link.Ifname, LinkKind.Veth, 1500);
                Change(o, o.Link.Ifname, l => WithConnected(l with { IsUp = true, Addresses = o.NamespaceAddresses }));
                var host = WithConnected(new ObservedLink(o.Link.HostIfname, ++_lastNumber, LinkKind.Veth, 1500, true, o.HostAddresses, []));
                State = State with { Outside = State.Outside with
                {
                    Links = State.Outside.Links.Add(host),
                    Sysctls = State.Outside.Sysctls.SetItem(Forwarding.V4(o.Link.HostIfname), "0").SetItem(Forwarding.V6(o.Link.HostIfname), "0"),
                } };
                return record;
            case DeleteHostLink o:
                if (_pairs.Remove(o.Link.HostIfname, out var inside))
                {
                    State = State with { Outside = State.Outside with { Links = State.Outside.Links.RemoveAll(l => l.Ifname == o.Link.HostIfname) } };
                    RemoveLink(inside);
                }

                return record;
            default:
                return ApplyToNetwork(operation, record);
        }
    }
}
