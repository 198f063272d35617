using System.Globalization;
using Grpc.Core;
using Recommender.V1;

namespace Recommender.Standalone.Opening;

/// <summary>Trains a model through the door and follows it until recommendations are made with it.</summary>
internal sealed class FirstModel(ChannelBase channel)
{
    private const string Metric = "ndcg@20";
    private const string Baseline = "popularity";
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>The live version; null when there is none.</summary>
    public async Task<string?> FindLiveAsync(CancellationToken cancellationToken)
    {
        var registry = new ModelRegistryService.ModelRegistryServiceClient(channel);
        var request = new ListModelVersionsRequest();
        do
        {
            var page = await registry.ListModelVersionsAsync(request, cancellationToken: cancellationToken);
            if (page.Versions.FirstOrDefault(v => v.Live) is { } live) return live.Version;
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return null;
    }

    /// <summary>Runs the configured search to its end.</summary>
    public async Task<TrainingRun> TrainAsync(CancellationToken cancellationToken)
    {
        var training = new TrainingService.TrainingServiceClient(channel);
        var run = await training.StartTrainingRunAsync(new StartTrainingRunRequest { PromoteIfBetter = true }, cancellationToken: cancellationToken);
        using var watch = training.WatchTrainingRun(new GetTrainingRunRequest { RunId = run.RunId }, cancellationToken: cancellationToken);
        while (await watch.ResponseStream.MoveNext(cancellationToken)) run = watch.ResponseStream.Current;
        return run;
    }

    /// <summary>Waits until recommendations come from this version; false when they don't.</summary>
    public async Task<bool> IsServedAsync(string version, TimeProvider time, CancellationToken cancellationToken)
    {
        var serving = new RecommendationService.RecommendationServiceClient(channel);
        var request = new RecommendRequest { UserId = "opening", Count = 1 };
        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < s_patience; await Task.Delay(s_poll, time, cancellationToken))
        {
            var answer = await serving.RecommendAsync(request, cancellationToken: cancellationToken);
            if (answer.ModelVersion == version) return true;
        }
        return false;
    }

    /// <summary>One sentence on what came of a run, with numbers as the run measured them.</summary>
    public static string Describe(TrainingRun run)
    {
        if (run.State != TrainingRun.Types.State.Succeeded) return $"No model could be trained: {(run.Error.Length > 0 ? run.Error : run.State.ToString())}";
        var seconds = run.EndedAt is { } ended && run.StartedAt is { } started ? (ended - started).ToTimeSpan().TotalSeconds : 0;
        var text = string.Create(CultureInfo.InvariantCulture, $"Model {run.ModelVersion} ({run.Trainer}) trained in {seconds:0.0} s");
        if (run.Metrics.TryGetValue(Metric, out var own)) text += string.Create(CultureInfo.InvariantCulture, $": nDCG@20 {own:0.000}");
        if (run.Metrics.TryGetValue($"{Baseline}_{Metric}", out var baseline) && run.Trainer != Baseline)
            text += string.Create(CultureInfo.InvariantCulture, $", against {baseline:0.000} for recommending what is popular");
        return text + ".";
    }
}
