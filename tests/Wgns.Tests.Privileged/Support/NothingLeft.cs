using System.Collections.Concurrent;
using NUnit.Framework.Interfaces;

[assembly: Wgns.Tests.Privileged.NothingLeft]

namespace Wgns.Tests.Privileged;

/// <summary>Fails a test whose lab was not empty when it closed.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class NothingLeftAttribute : TestActionAttribute
{
    internal static ConcurrentQueue<string> Left { get; } = [];

    public override ActionTargets Targets => ActionTargets.Test;

    public override void AfterTest(ITest test)
    {
        var left = Left.ToList();
        Left.Clear();
        left.Should().BeEmpty("a test leaves nothing behind");
    }
}
