using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Sending;
using Recommender.V1;

namespace Recommender.Standalone.Export.Recommendations;

/// <summary>
/// Exports recommendations: lists the viewers to disk, then asks the running system for each and writes file after file. A folder without its manifest
/// is one that is not whole; the same command goes on with it, after the last file that is.
/// </summary>
internal sealed class RecommendationExport(ExportSettings settings, GrpcChannel channel, TimeProvider time, Action<string> say)
{
    private readonly Patience _patience = new(settings.To, time, new WaitNotes(time, say).Note);
    private readonly RecommendationService.RecommendationServiceClient _client = new(channel);
    private readonly DegradedAnswers _degraded = new(time);

    private string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"{settings.Format} count={settings.Count} shards={settings.Shards} viewers={settings.ViewersPath}");

    /// <summary>Runs until the export is whole.</summary>
    /// <exception cref="CommandFailure">It can't be done; what is there stays.</exception>
    public async Task<ExportManifest> RunAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(settings.Folder, ExportManifest.FileName)))
            throw CommandFailure.Usage($"{settings.Folder} holds an export that is whole; name another folder.");
        Directory.CreateDirectory(settings.Folder);
        var progress = await ListAsync(cancellationToken);
        for (var shard = 0; shard < settings.Shards; shard++)
        {
            if (progress.Files.ContainsKey(shard)) continue;
            var file = await ShardFile.WriteAsync(settings, shard, ViewerLists.Read(settings.Folder, shard), userId => _degraded.AskAsync(() => AskAsync(userId, cancellationToken), cancellationToken));
            progress = progress with { Files = new SortedDictionary<int, ExportedFile>(progress.Files.ToDictionary()) { [shard] = file } };
            progress.Write(settings.Folder);
            say(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: {file.Viewers:N0} viewers"));
        }
        var manifest = Sum(progress);
        manifest.Write(settings.Folder);
        ViewerLists.Remove(settings.Folder);
        File.Delete(Path.Combine(settings.Folder, ExportProgress.FileName));
        return manifest;
    }

    /// <summary>Deals the viewers to lists, unless an earlier run has done so.</summary>
    private async Task<ExportProgress> ListAsync(CancellationToken cancellationToken)
    {
        var progress = ExportProgress.Read(settings.Folder) ?? new ExportProgress(Fingerprint, time.GetUtcNow(), IsListed: false, new Dictionary<int, ExportedFile>());
        if (progress.Settings != Fingerprint)
            throw CommandFailure.Usage($"{settings.Folder} holds a part of another export ({progress.Settings}); give the same options, or name another folder.");
        if (progress.IsListed)
        {
            say("Going on where an earlier run ended.");
            return progress;
        }
        using (var lists = ViewerLists.Create(settings.Folder, settings.Shards))
        {
            if (settings.ViewersPath is { } path)
            {
                foreach (var line in File.ReadLines(path))
                    if (line.Length > 0) lists.Add(line);
            }
            else
            {
                await AddAllAsync(lists, cancellationToken);
            }
            if (lists.Added == 0) throw new CommandFailure("There are no viewers to export.");
        }
        progress = progress with { IsListed = true };
        progress.Write(settings.Folder);
        return progress;
    }

    private async Task AddAllAsync(ViewerLists lists, CancellationToken cancellationToken)
    {
        using var call = new FeatureService.FeatureServiceClient(channel).ListUsers(new ListUsersRequest(), cancellationToken: cancellationToken);
        try
        {
            await foreach (var page in call.ResponseStream.ReadAllAsync(cancellationToken))
                foreach (var userId in page.UserIds) lists.Add(userId);
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Door.Failure(e, settings.To);
        }
    }

    private async Task<RecommendResponse> AskAsync(string userId, CancellationToken cancellationToken)
    {
        var request = new RecommendRequest { UserId = userId, Count = settings.Count, Preview = true };
        while (true)
        {
            try
            {
                var answer = await _client.RecommendAsync(request, deadline: Door.Deadline(), cancellationToken: cancellationToken);
                lock (_patience) _patience.Answered();
                return answer;
            }
            catch (RpcException e)
            {
                Task waiting;
                lock (_patience) waiting = _patience.WaitAsync(e, cancellationToken);
                await waiting;
            }
        }
    }

    private ExportManifest Sum(ExportProgress progress)
    {
        var files = Enumerable.Range(0, settings.Shards).Select(shard => progress.Files[shard]).ToArray();
        var versions = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (version, viewers) in files.SelectMany(f => f.ModelVersions)) versions[version] = versions.GetValueOrDefault(version) + viewers;
        return new ExportManifest(
            settings.Format, settings.Count, files.Sum(f => f.Viewers), files.Sum(f => f.DegradedViewers), files.Sum(f => f.Videos), versions, progress.StartedAt, time.GetUtcNow(), files);
    }
}
