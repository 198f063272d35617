using Recommender.Serving;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;

namespace Recommender.Tests.Unit.Serving.Ranking;

/// <summary>The selection as its formula says, comparing every candidate with every selected video at every place.</summary>
internal static class SlowSelection
{
    public static string[] Select(ServingOptions options, int count, List<Candidate> candidates)
    {
        var rest = candidates.OrderByDescending(c => c.Score.Total).ThenBy(c => c.VideoId, StringComparer.Ordinal).ToList();
        var lowest = rest[Math.Min(rest.Count, 2 * count) - 1].Score.Total;
        var span = rest[0].Score.Total - lowest;
        var selected = new List<Candidate>();
        while (selected.Count < count && rest.Count > 0)
        {
            var row = selected.TakeLast(options.AuthorWindow - 1).ToArray();
            int Repeats(Candidate c) => row.Count(other => other.Video!.AuthorId == c.Video!.AuthorId);
            double Worth(Candidate c)
            {
                var relevance = span > 0 ? (1 - options.Diversity) * (c.Score.Total - lowest) / span : 0;
                var similarity = selected.Select(other => Similarity.Jaccard(c.Video!.Traits.Tags, other.Video!.Traits.Tags)).DefaultIfEmpty(0).Max();
                return relevance - (1 - Math.Pow(options.AuthorDecay, Repeats(c))) - (options.Diversity * similarity);
            }
            // OrderBy is stable, so level ones stay in the order of their scores.
            var best = rest.Where(c => Repeats(c) < options.AuthorCap).OrderByDescending(Worth).Concat(rest).First();
            selected.Add(best);
            rest.RemoveAll(c => c.VideoId == best.VideoId);
        }
        return [.. selected.Select(c => c.VideoId)];
    }
}
