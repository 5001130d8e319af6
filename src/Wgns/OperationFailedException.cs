namespace Wgns;

/// <summary>An operation failed for a reason that has no errno: nft refused the rules, an engine did not start.</summary>
public sealed class OperationFailedException(string message) : Exception(message);
