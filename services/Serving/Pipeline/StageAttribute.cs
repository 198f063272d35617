namespace Recommender.Serving.Pipeline;

/// <summary>
/// Makes a class a stage of the pipeline: it is found and registered by itself, so a new stage is a new file. Within its kind (source,
/// filter, ...) stages come in ascending <paramref name="order"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class StageAttribute(int order) : Attribute
{
    /// <summary>Place among the stages of its kind; no two have the same.</summary>
    public int Order => order;
}
