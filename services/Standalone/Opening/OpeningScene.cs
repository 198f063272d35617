using System.Globalization;
using Grpc.Core;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Run;
using Recommender.Standalone.Simulate;
using Recommender.V1;

namespace Recommender.Standalone.Opening;

/// <summary>
/// What a start shows: the first one plays an audience through the gRPC door, trains on it and shows what a like changes; a later one says
/// where it continues.
/// </summary>
/// <param name="system">The running system; only its addresses and the name of its log are used, everything else goes through the door.</param>
/// <param name="data">Its folder, to see when events have reached the archive.</param>
/// <param name="output">Where people read.</param>
internal sealed class OpeningScene(StandaloneSystem system, DataDirectory data, TextWriter output)
{
    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>Plays what fits. Its own failure leaves the system running.</summary>
    /// <param name="isEmpty">Play no audience.</param>
    /// <param name="earlierEvents">Events in the archive before this start.</param>
    /// <param name="cancellationToken">Stops it in the middle.</param>
    public async Task PlayAsync(bool isEmpty, long earlierEvents, CancellationToken cancellationToken)
    {
        using var channel = Door.Open(system.Addresses.Grpc, system.Identity);
        try
        {
            if (earlierEvents > 0) await ContinueAsync(channel, earlierEvents, cancellationToken);
            else if (isEmpty) await SayAsync($"There is no data. Bring some: {Banner.Command} import --help, or {Banner.Command} simulate.");
            else await BeginAsync(channel, cancellationToken);
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            await SayAsync(Door.Failure(e, system.Addresses.Grpc).Message);
        }
        catch (CommandFailure e) when (!cancellationToken.IsCancellationRequested)
        {
            await SayAsync(e.Message);
        }
        var (viewer, video) = await FindExampleAsync(channel, cancellationToken);
        await output.WriteAsync(Banner.Next(system.Addresses, viewer, video));
    }

    /// <summary>A viewer of the simulated audience who has watched something, with a video; where there is none, a name as good as any.</summary>
    private static async Task<(string Viewer, string Video)> FindExampleAsync(ChannelBase channel, CancellationToken cancellationToken)
    {
        var world = World.Create(new AudienceSettings());
        var viewer = world.Regulars.First().Id;
        try
        {
            var known = await new FeatureService.FeatureServiceClient(channel).GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = viewer }, cancellationToken: cancellationToken);
            return known.Recent.Count > 0 ? (viewer, world.Videos[0].Id) : ("alice", "v12");
        }
        catch (RpcException) when (!cancellationToken.IsCancellationRequested)
        {
            return ("alice", "v12"); // what is wrong was said above, or will be by the next call
        }
    }

    private async Task ContinueAsync(ChannelBase channel, long events, CancellationToken cancellationToken)
    {
        var model = await new FirstModel(channel).FindLiveAsync(cancellationToken);
        await SayAsync(string.Create(CultureInfo.InvariantCulture,
            $"Continuing where the last start ended: {events:N0} events in the archive, {(model is null ? "no model yet" : "model " + model + " live")}. ({Banner.Command} simulate plays an audience.)"));
        // An opening that was interrupted has left events and no model.
        if (model is null) await TrainAsync(channel, cancellationToken);
    }

    private async Task BeginAsync(ChannelBase channel, CancellationToken cancellationToken)
    {
        var world = World.Create(new AudienceSettings());
        var settings = world.Settings;
        await SayAsync(string.Create(CultureInfo.InvariantCulture,
            $"No data yet, so a simulated audience plays: {settings.Viewers:N0} viewers with hidden tastes, {settings.Videos:N0} videos, {settings.Days} days ..."));
        var played = await new AudiencePlayer(channel, system.Addresses.Grpc, _time).PlayAsync(new Audience(world, _time.GetUtcNow()), _ => { }, cancellationToken);
        await SayAsync(string.Create(CultureInfo.InvariantCulture,
            $"  {played.Accepted:N0} events taken through the gRPC door in {played.Elapsed.TotalSeconds:0.0} s ({played.Accepted / played.Elapsed.TotalSeconds:N0} a second), {played.Refused} refused."));
        await new ArchiveWait(data, system.Log, _time).UntilAsync(played.Accepted, cancellationToken);
        if (!await TrainAsync(channel, cancellationToken)) return;
        await new LikeDemonstration(channel, world, _time, output).PlayAsync(cancellationToken);
    }

    private async Task<bool> TrainAsync(ChannelBase channel, CancellationToken cancellationToken)
    {
        await SayAsync("Training a model ...");
        var run = await new FirstModel(channel).TrainAsync(cancellationToken);
        await SayAsync("  " + FirstModel.Describe(run));
        if (run.State != TrainingRun.Types.State.Succeeded) return false;
        if (await new FirstModel(channel).IsServedAsync(run.ModelVersion, _time, cancellationToken)) return true;
        await SayAsync("  Recommendations are not made with it yet; the log on standard error may say why.");
        return false;
    }

    private Task SayAsync(string text) => output.WriteLineAsync(text);
}
