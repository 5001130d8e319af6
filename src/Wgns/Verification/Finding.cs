using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Wgns.Verification;

/// <summary>What a check came to.</summary>
public enum Outcome
{
    Ok,
    Failed,

    /// <summary>There is nothing here that it could be asked of.</summary>
    NotApplicable,
}

/// <summary>The answer of one check.</summary>
/// <param name="Check">What was asked: the same words in every version.</param>
/// <param name="Reason">What was seen.</param>
/// <param name="Cure">What to do; null unless it failed.</param>
public sealed record Finding(string Check, Outcome Outcome, string Reason, string? Cure = null)
{
    internal static Finding Ok(string check, string reason) => new(check, Outcome.Ok, reason);

    internal static Finding Failed(string check, string reason, string cure) => new(check, Outcome.Failed, reason, cure);

    internal static Finding NotApplicable(string check, string reason) => new(check, Outcome.NotApplicable, reason);
}

/// <summary>The document that `verify --json` prints. Keys are added in later versions, never changed or removed.</summary>
/// <param name="Version">Of this format: 1.</param>
/// <param name="Ok">Whether nothing failed.</param>
public sealed record VerifyDocument(int Version, string Name, bool Ok, ImmutableArray<Finding> Findings);

/// <summary>JSON of this stage, generated at compile time for native builds.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, Converters = [typeof(OutcomeConverter)])]
[JsonSerializable(typeof(VerifyDocument))]
[JsonSerializable(typeof(InsideView))]
public sealed partial class VerifyJson : JsonSerializerContext;

/// <summary>"ok", "failed", "notApplicable".</summary>
public sealed class OutcomeConverter() : JsonStringEnumConverter<Outcome>(System.Text.Json.JsonNamingPolicy.CamelCase);
