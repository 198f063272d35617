using Recommender.Modeling.Sparse;

namespace Recommender.Tests.Benchmarks.Training;

/// <summary>
/// Interactions drawn from a fixed seed: few viewers are very active, few videos very popular (both long-tailed), and each viewer mostly
/// chooses from a few of forty topics, so that there is something to learn. A fifth of the interactions is held out.
/// </summary>
internal static class GeneratedSet
{
    private const int Topics = 40;
    private const double OwnTopics = 0.75;
    private const double HeldOut = 0.2;

    /// <summary>Draws about the given number of distinct (viewer, video) pairs.</summary>
    public static DataSet Draw(int viewers, int videos, int interactions, int seed)
    {
        var random = new Random(seed);
        var everything = new Catalog(Enumerable.Range(0, videos).OrderBy(_ => random.NextDouble()).ToArray());
        var topics = Enumerable.Range(0, Topics)
            .Select(t => new Catalog([.. Enumerable.Range(0, videos).Where(v => v % Topics == t).OrderBy(_ => random.NextDouble())])).ToArray();
        var activity = new double[viewers];
        for (var viewer = 0; viewer < viewers; viewer++) activity[viewer] = Math.Exp(Normal(random));
        var scale = interactions / activity.Sum();
        var (train, test) = (new InteractionMatrixBuilder(), new InteractionMatrixBuilder());
        var chosen = new HashSet<int>();
        for (var viewer = 0; viewer < viewers; viewer++)
        {
            chosen.Clear();
            Catalog[] own = [topics[random.Next(Topics)], topics[random.Next(Topics)], topics[random.Next(Topics)]];
            var wanted = Math.Clamp((int)Math.Round(activity[viewer] * scale), 5, videos / 4);
            for (var tries = 20 * wanted; chosen.Count < wanted && tries > 0; tries--)
            {
                var from = random.NextDouble() < OwnTopics ? own[random.Next(own.Length)] : everything;
                var video = from.Pick(random);
                if (chosen.Add(video)) (chosen.Count > 1 && random.NextDouble() < HeldOut ? test : train).Add(viewer, video);
            }
        }

        return new DataSet("generated", train.Build(viewers, videos), test.Build(viewers, videos));
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Videos by falling popularity, which goes with rank^-0.8.</summary>
    private sealed class Catalog
    {
        private readonly int[] _videos;
        private readonly double[] _cumulative;

        public Catalog(int[] videos)
        {
            (_videos, _cumulative) = (videos, new double[videos.Length]);
            var sum = 0.0;
            for (var rank = 0; rank < videos.Length; rank++) _cumulative[rank] = sum += Math.Pow(rank + 10, -0.8);
        }

        public int Pick(Random random)
        {
            var at = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
            return _videos[Math.Min(at < 0 ? ~at : at, _videos.Length - 1)];
        }
    }
}
