using System.Collections.Immutable;

namespace Wgns.Linux.Nftables;

/// <summary>What libnftables said to a text of commands, which is one transaction: all of it holds, or none.</summary>
/// <param name="Output">What list commands printed.</param>
/// <param name="ErrorText">The error buffer as it was, with source lines and carets; "" where there was none.</param>
/// <param name="Errors">The error buffer read; empty on success.</param>
public sealed record NftResult(bool Succeeded, string Output, string ErrorText, ImmutableArray<NftError> Errors);

/// <summary>One complaint of libnftables.</summary>
/// <param name="File">The included file it is about; null for the text itself.</param>
/// <param name="Line">From 1; 0 where libnftables named no place.</param>
/// <param name="Column">From 1, a tab being one; 0 where libnftables named no place.</param>
/// <param name="EndColumn">The last column of the place.</param>
/// <param name="Message">The one line of it, without "Error: ".</param>
/// <param name="Source">The line of the text that is meant; null where none was printed.</param>
public sealed record NftError(string? File, int Line, int Column, int EndColumn, string Message, string? Source)
{
    /// <summary>Where the text itself includes the file, or one that does; 0 where it is about the text itself.</summary>
    public int IncludeLine { get; init; }

    /// <summary>From 1, as <see cref="Column"/>.</summary>
    public int IncludeColumn { get; init; }

    /// <summary>Where in the text itself.</summary>
    public (int Line, int Column) Place => File is null ? (Line, Column) : (IncludeLine, IncludeColumn);
}
