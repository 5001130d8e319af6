using Wgns.Linux.Netlink;

namespace Wgns.Linux.Rtnetlink;

/// <summary>RTM_NEWRULE messages as values.</summary>
internal static class RuleDecoding
{
    /// <summary>Null for another kind of message or another family.</summary>
    internal static Rule? Decode(Message message, byte family)
    {
        if (message.Type != Rt.RTM_NEWRULE || message.Header<FibRuleHdr>() is var header && header.family != family)
        {
            return null;
        }

        // FRA_TABLE has 32 bits; the header's byte is what old kernels have. No priority is 0.
        uint priority = 0;
        uint table = header.table;
        foreach (var attribute in message.AttributesAfter<FibRuleHdr>())
        {
            switch (attribute.Type)
            {
                case Rt.FRA_PRIORITY:
                    priority = attribute.U32 ?? priority;
                    break;
                case Rt.FRA_TABLE:
                    table = attribute.U32 ?? table;
                    break;
            }
        }

        return new Rule(family == Rt.AF_INET6, priority, header.action, table);
    }
}
