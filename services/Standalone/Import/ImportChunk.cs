using Recommender.V1;

namespace Recommender.Standalone.Import;

/// <summary>Some consecutive lines of a file, parsed.</summary>
/// <param name="LastLine">Number of the last line in it.</param>
/// <param name="Lines">How many lines that are not blank it has.</param>
/// <param name="Videos">What the lines say about videos, in order.</param>
/// <param name="Events">What they say that viewers did, in order, with the line's number.</param>
/// <param name="BadLines">Lines that could not be read, with the reason.</param>
/// <param name="Position">How far the file on disk has been read, in bytes.</param>
internal sealed record ImportChunk(
    long LastLine, int Lines, IReadOnlyList<LineVideo> Videos, IReadOnlyList<LineEvent> Events, IReadOnlyList<BadLine> BadLines, long Position);

/// <summary>An event and where it comes from.</summary>
/// <param name="Line">Number of the line.</param>
/// <param name="IsLast">Whether it is the last event of that line.</param>
/// <param name="Event">The event.</param>
internal readonly record struct LineEvent(long Line, bool IsLast, Event Event);

/// <summary>A line that could not be read.</summary>
/// <param name="Line">Its number.</param>
/// <param name="Reason">Why, without a full stop.</param>
internal readonly record struct BadLine(long Line, string Reason);

/// <summary>A catalog entry and where it comes from.</summary>
/// <param name="Line">Number of the line.</param>
/// <param name="Video">The entry.</param>
internal readonly record struct LineVideo(long Line, Video Video);
