using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Wgns.Tests.Linux;

/// <summary>
/// Proves constants and layouts against the system's C headers: what is claimed becomes a list of _Static_assert,
/// which the C compiler checks without making anything.
/// </summary>
internal sealed class HeaderAssert
{
    private readonly StringBuilder _source = new();

    /// <param name="headers">What to include, in this order: "linux/rtnetlink.h".</param>
    public HeaderAssert(params string[] headers)
    {
        _source.AppendLine("#define _GNU_SOURCE").AppendLine("#include <stddef.h>");
        foreach (var header in headers)
        {
            _source.AppendLine(CultureInfo.InvariantCulture, $"#include <{header}>");
        }
    }

    /// <summary>How many claims there are.</summary>
    public int Count { get; private set; }

    /// <summary>Every constant of a class, whose fields have the C names.</summary>
    /// <param name="except">Fields that have no C twin.</param>
    public HeaderAssert Constants(Type type, params string[] except) =>
        Constants(Literals(type).Where(f => !except.Contains(f.Name)));

    /// <summary>Some constants of a class that has more of them than the headers at hand.</summary>
    public HeaderAssert ConstantsNamed(Type type, params string[] names)
    {
        var fields = Literals(type).Where(f => names.Contains(f.Name)).ToList();
        fields.Select(f => f.Name).Should().BeEquivalentTo(names);
        return Constants(fields);
    }

    private static IEnumerable<FieldInfo> Literals(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(f => f.IsLiteral);

    private HeaderAssert Constants(IEnumerable<FieldInfo> fields)
    {
        foreach (var field in fields)
        {
            var value = field.GetRawConstantValue()!;
            var claim = value is string text
                ? $"__builtin_strcmp({field.Name}, \"{text}\") == 0"
                : string.Create(CultureInfo.InvariantCulture, $"({field.Name}) == ({value})");
            Claim(claim, $"{field.DeclaringType!.Name}.{field.Name}");
        }

        return this;
    }

    /// <summary>A struct's size, and the place and size of each of its fields, which have the C names.</summary>
    /// <param name="cName">"struct nlmsghdr".</param>
    /// <param name="renamed">Fields whose C name is none in C#.</param>
    public HeaderAssert Struct<T>(string cName, params (string Field, string CField)[] renamed)
        where T : unmanaged
    {
        Claim($"sizeof({cName}) == {Unsafe.SizeOf<T>()}", $"sizeof({cName})");
        foreach (var field in typeof(T).GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            var cField = renamed.FirstOrDefault(r => r.Field == field.Name).CField ?? field.Name;
            var offset = Marshal.OffsetOf<T>(field.Name);
            var size = RuntimeHelpers.SizeOf(field.FieldType.TypeHandle);
            Claim($"offsetof({cName}, {cField}) == {offset}", $"offset of {cField} in {cName}");
            Claim($"sizeof((({cName} *)0)->{cField}) == {size}", $"size of {cField} in {cName}");
        }

        return this;
    }

    /// <summary>Fails with the compiler's words; ignores the test where there is no C compiler.</summary>
    public void Verify()
    {
        Count.Should().BePositive();
        Compile().Should().BeEmpty();
    }

    /// <summary>What the compiler complains of; empty where every claim holds.</summary>
    public string Compile() => CompilerOfC.Check(_source.ToString());

    private void Claim(string claim, string what)
    {
        Count++;
        _source.AppendLine(CultureInfo.InvariantCulture, $"_Static_assert({claim}, \"{what}\");");
    }
}
