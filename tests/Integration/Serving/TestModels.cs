using System.Text.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Integration.Serving;

/// <summary>
/// Models of two tastes: videos a00..a49 are watched by one half of the audience, b00..b49 by the other; the lower the number, the more
/// popular. Trained by the real trainer and saved by the real store.
/// </summary>
internal static class TestModels
{
    public const int PerTaste = 50;
    private const int Viewers = 200;

    private static readonly Dictionary<string, string> s_parameters = new() { ["factors"] = "8", ["iterations"] = "5", ["threads"] = "1" };

    public static string VideoOf(int taste, int number) => $"{(taste == 0 ? 'a' : 'b')}{number:00}";

    /// <summary>Trains and saves a version; a manifest changed by <paramref name="change"/> is saved as it then is.</summary>
    public static ModelManifest Save(ModelStore store, string version, string trainer = "ials", Func<ModelManifest, ModelManifest>? change = null, InteractionMatrix? dislikes = null, byte[]? ranker = null, string? solver = null)
    {
        var parameters = solver is null ? s_parameters : new(s_parameters) { ["solver"] = solver };
        var made = TrainerRegistry.Create(trainer, trainer.StartsWith("ials", StringComparison.Ordinal) ? parameters : null);
        var model = made.Train(new TrainingData(Audience()) { Negatives = dislikes });
        var manifest = new ModelManifest
        {
            Version = version,
            RunId = "run-" + version,
            Trainer = trainer,
            Parameters = model.Parameters,
            Weights = new Dictionary<string, string>(),
            DataVersion = "test",
            DataRanges = new Dictionary<string, string>(),
            CodeVersion = "test",
            Metrics = new Dictionary<string, double>(),
            CreatedAt = DateTimeOffset.UnixEpoch,
            Items = model.ItemCount,
            Factors = model.ItemFactors?.Factors ?? 0,
            Files = [],
        };
        var writers = new Dictionary<string, Action<Stream>>
        {
            ["item_ids.jsonl"] = stream =>
            {
                for (var item = 0; item < model.ItemCount; item++)
                    stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(VideoOf(item / PerTaste, item % PerTaste)), (byte)'\n']);
            },
            ["popularity.npy"] = stream => NpyFile.Write(stream, model.ItemPopularity.Span, model.ItemCount, 0),
            ["item_rates.npy"] = stream => NpyFile.Write(stream, [.. Enumerable.Range(0, (model.ItemCount + 1) * 3).Select(i => 0.01f * (i % 17))], model.ItemCount + 1, 3),
        };
        if (model.ItemFactors is { } factors) writers["item_factors.npy"] = stream => NpyFile.Write(stream, factors.Data, factors.RowCount, factors.Factors);
        if (model.DislikeFactors is { } said) writers["dislike_factors.npy"] = stream => NpyFile.Write(stream, said.Data, said.RowCount, said.Factors);
        if (ranker is not null) writers["ranker.onnx"] = stream => stream.Write(ranker);
        return store.Save(change?.Invoke(manifest) ?? manifest, writers);
    }

    public static LiveModel MakeLive(ModelStore store, string version, string action = "promoted") =>
        store.WriteLive(new LiveChange(version, action, DateTimeOffset.UnixEpoch, "test"));

    /// <summary>Each viewer has disliked some of the ten last videos of the other taste.</summary>
    public static InteractionMatrix DislikesOfTheOtherTaste()
    {
        var random = new Random(2);
        var builder = new InteractionMatrixBuilder();
        for (var viewer = 0; viewer < Viewers; viewer++)
            for (var n = 0; n < 4; n++) builder.Add(viewer, ((1 - (viewer % 2)) * PerTaste) + PerTaste - 1 - random.Next(10));
        return builder.Build(Viewers, 2 * PerTaste).Without(Audience());
    }

    private static InteractionMatrix Audience()
    {
        var random = new Random(1);
        var builder = new InteractionMatrixBuilder();
        for (var viewer = 0; viewer < Viewers; viewer++)
        {
            var taste = viewer % 2;
            for (var n = 0; n < 25; n++)
            {
                // The square makes low numbers popular; one video in thirty belongs to the other taste.
                var number = (int)(PerTaste * Math.Pow(random.NextDouble(), 2));
                var of = random.Next(30) == 0 ? 1 - taste : taste;
                builder.Add(viewer, (of * PerTaste) + number);
            }
        }
        return builder.Build(Viewers, 2 * PerTaste);
    }
}
