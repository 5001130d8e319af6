using System.Collections.Immutable;
using Wgns.Configuration;

namespace Wgns.Tests.Configuration;

public sealed class KeyLikeTests
{
    private const string Key = "SCkRUQr1/vmiIdmWknNtYQYhH80KgEzbBIl2/J0bmUk=";

    private static readonly ImmutableHashSet<string> Public = ["XIO1ZgDf2d7jref1MfoYKKO7U7xnO/44SvOplBp/Qw8="];

    [TestCase(Key)]
    [TestCase("SCkRUQr1/vmiIdmWknNtYQYhH80KgEzbBIl2/J0bmUk", TestName = "{m}(without its last character)")]
    [TestCase("482911510af5fef9a221d99692736d6106211fcd0a804cdb048976fc9d1b9949", TestName = "{m}(in hexadecimal)")]
    [TestCase("482911510AF5FEF9A221D99692736D6106211FCD0A804CDB048976FC9D1B9949", TestName = "{m}(in capitals)")]
    public void A_key_in_anothers_place_is_not_shown(string key) =>
        KeyLike.Redacted($"\"{key}\" is no network", Public).Should().Be("\"(a key, left out)\" is no network");

    [TestCase("XIO1ZgDf2d7jref1MfoYKKO7U7xnO/44SvOplBp/Qw8=")]
    [TestCase("XIO1ZgDf2d7jref1MfoYKKO7U7xnO/44SvOplBp/Qw8")]
    [TestCase("/var/lib/some/rather/long/directory/of/lower")]
    [TestCase("482911510af5fef9a221d99692736d6106211fcd0a804cdb048976fc9d1b99490")]
    [TestCase("482911510af5fef9a221d99692736d6106211fcd")]
    public void What_is_no_secret_is_shown(string text) => KeyLike.Redacted(text, Public).Should().Be(text);
}
