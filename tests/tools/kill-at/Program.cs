using Wgns;
using Wgns.Firewall;
using Wgns.Lifecycle;
using Wgns.Linux.WireGuard;
using Wgns.Resolution;
using Wgns.Tests.Tools;

// kill-at up CONFIG
// kill-at down NAME
// Reads a number from standard input, does what the command of wgns does, and kills itself at that point of it: points are
// before and after each operation and each writing of the record, from 1 on. Past the last point it ends with 0.
using var host = new NamespaceHost(RuntimePaths.System, X25519.PublicKeyOf, Lookup.System);
var point = int.Parse(Console.In.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
var run = new NamespaceRun(host, new Killer(point));
RunReport report;
if (args[0] == "up")
{
    using var loaded = new ConfigLoader(RulesCheck.DryRunHere).Load(args[1]);
    report = run.Up(loaded.Config!, loaded.Keys!);
}
else
{
    report = run.Down(args[1]);
}

foreach (var failure in report.Result?.Failures ?? [])
{
    Console.Error.WriteLine($"{failure.Operation.Describe()}: {failure.Message}");
}

return report.Succeeded ? 0 : 1;
