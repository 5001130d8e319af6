namespace Wgns.Firewall;

/// <summary>A command that was found in nft text.</summary>
/// <param name="Command">Its words, as far as they tell it from others.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-8 bytes, as nft counts.</param>
public sealed record RulesCommand(string Command, int Line, int Column);
