using Recommender.V1;

namespace Recommender.Standalone.Import.Formats;

/// <summary>Takes what one line of a file says.</summary>
internal interface IImportSink
{
    /// <summary>Something that a viewer did.</summary>
    void Add(Event e);

    /// <summary>What is known about a video.</summary>
    void Add(Video video);
}
