using System.Collections.Immutable;
using Wgns.Linux.Netlink;

namespace Wgns.Linux.Rtnetlink;

/// <summary>Rules of policy routing.</summary>
public sealed partial class Rtnl
{
    /// <summary>IPv4 first, then IPv6, each by priority; none of a family for which the kernel has no policy routing.</summary>
    public ImmutableArray<Rule> GetRules()
    {
        const string operation = "list routing rules";
        var rules = ImmutableArray.CreateBuilder<Rule>();
        foreach (var family in (ReadOnlySpan<byte>)[Rt.AF_INET, Rt.AF_INET6])
        {
            using var request = new MessageWriter(Rt.RTM_GETRULE).Struct(new FibRuleHdr { family = family });
            using var reply = Asking(operation, () => netlink.Dump(request));
            reply.Check(operation, Errno.EAFNOSUPPORT, Errno.EOPNOTSUPP);
            foreach (var message in reply)
            {
                if (RuleDecoding.Decode(message, family) is { } rule)
                {
                    rules.Add(rule);
                }
            }
        }

        return rules.ToImmutable();
    }
}
