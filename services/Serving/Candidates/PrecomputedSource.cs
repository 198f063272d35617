using System.Globalization;
using Recommender.Hosting.Online;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>The list that the last training made for the viewer.</summary>
[Stage(20)]
internal sealed class PrecomputedSource : ICandidateSource
{
    private const int Extra = 20;
    private const int Chunk = 32;

    public string Name => "precomputed";

    public SourceLimits Limits => SourceLimits.Memory(1000);

    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        if (query.Tier != Tier.Precomputed) return ValueTask.CompletedTask;
        // More than are wanted, so that the selector has a choice.
        var wanted = (2 * query.Count) + Extra;
        var (list, model) = (query.Viewer.List!, query.Model);
        Span<int> items = stackalloc int[Chunk];
        var i = 0;
        for (; i < list.Count && sink.Candidates.Count < wanted && !sink.IsFull; i++)
        {
            // Many at a time: look-ups one after the other wait for memory together, those with other work in between do not.
            if (i % Chunk == 0) Find(list, i, model, items);
            var item = items[i % Chunk];
            sink.Offer(query, new Candidate
            {
                VideoId = item >= 0 ? model!.IdOf(item) : list.IdOf(i), Source = Source.Precomputed, Item = item, ListScore = list.ScoreOf(i), IsListed = true, Propensity = 1,
            });
        }
        query.Scratch.ListTaken = i;
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate)
    {
        var list = query.Viewer.List!;
        return string.Create(CultureInfo.InvariantCulture, $"From the list that model {list.ModelVersion} made for this viewer at {DateTimeOffset.FromUnixTimeMilliseconds(list.ComputedAtMs):yyyy-MM-dd HH:mm} UTC");
    }

    public void Trace(ViewerQuery query, in Candidate candidate, List<Evidence> into) => NearestEvents.AddTo(into, query, candidate);

    /// <summary>Items of the list from a place on; -1 where the model does not know a video.</summary>
    private static void Find(StoredList list, int from, ModelGeneration? model, Span<int> items)
    {
        items = items[..Math.Min(items.Length, list.Count - from)];
        if (model is null)
        {
            items.Fill(-1);
            return;
        }
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = model.ItemOf(list.CharactersOf(from + i));
            model.ExpectCard(items[i]);
        }
        foreach (var item in items) model.ExpectVideo(item);
    }
}
