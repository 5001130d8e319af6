namespace Wgns.Linux.Rtnetlink;

/// <summary>A rule of policy routing, ip-rule(8): which table is asked, and when.</summary>
/// <param name="IsIPv6">The family; the others (multicast routing, DECnet) are not asked for.</param>
/// <param name="Priority">FRA_PRIORITY: lower is asked first.</param>
/// <param name="Action">FR_ACT_ number of linux/fib_rules.h; 1 asks the table.</param>
/// <param name="Table">RT_TABLE_ number; 0 where the action asks none.</param>
public sealed record Rule(bool IsIPv6, uint Priority, byte Action, uint Table)
{
    /// <summary>One of the three that every network namespace is born with, or one that asks the same table in the same place.</summary>
    public bool IsKernels => Action == Rt.FR_ACT_TO_TBL
        && (Priority, Table) is (0, Rt.RT_TABLE_LOCAL) or (32766, Rt.RT_TABLE_MAIN) or (32767, Rt.RT_TABLE_DEFAULT);
}
