using Recommender.Standalone.Cli;
using Recommender.Standalone.Import;
using Recommender.Standalone.Import.Formats;
using Recommender.Training.Assessing;

namespace Recommender.Standalone.Assess;

/// <summary>Reads files as one data set.</summary>
internal static class AssessedFiles
{
    /// <summary>Reads them in their order; lines that can't be used are counted.</summary>
    /// <exception cref="CommandFailure">A file is not there, is damaged, or is not of the format at all.</exception>
    public static AssessmentInput Read(IReadOnlyList<string> paths, AssessedFormat format, CancellationToken cancellationToken)
    {
        var input = new AssessmentInput { HasTimes = format.HasTimes };
        foreach (var path in paths) InputFile.Check(path);
        foreach (var path in paths)
        {
            string At(long line) => FormattableString.Invariant($"{Path.GetFileName(path)}, line {line}");
            foreach (var chunk in new ChunkReader(path, format.Open(new EventFactory(format.Name))).Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                input.Lines += chunk.Lines;
                foreach (var bad in chunk.BadLines) input.Bad(At(bad.Line), bad.Reason);
                foreach (var video in chunk.Videos) input.Add(video.Video);
                foreach (var e in chunk.Events)
                    if (!input.Add(e.Event)) input.Bad(At(e.Line), "it lacks a viewer, a video, a type or a time");
            }
        }
        return input;
    }
}
