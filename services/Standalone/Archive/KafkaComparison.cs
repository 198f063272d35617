using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Inspect;

namespace Recommender.Standalone.Archive;

/// <summary>Holds the archive against the topics' offsets, and against the watermarks of online state where Redis is named.</summary>
/// <param name="root">The archive's folder.</param>
/// <param name="log">Name of the log, where the operator gave it one.</param>
/// <param name="redis">Address of Redis; null: it is not asked.</param>
internal sealed class KafkaComparison(string root, string? log, string? redis)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_redisPatience = TimeSpan.FromSeconds(5);
    private static readonly string[] s_topics = [.. Topics.KeyedByUser, Topics.Catalog];

    /// <summary>Whether Kafka has none of the archived logs, so that no file was held against it. Known once it was asked.</summary>
    public bool ComparedNothing { get; private set; }

    /// <summary>Prints a line for each partition.</summary>
    /// <returns>What is wrong.</returns>
    /// <exception cref="CommandFailure">Kafka or Redis is not there.</exception>
    public async Task<IReadOnlyList<string>> WriteAsync(ServerAddress kafka, ArchiveProof proof, TextWriter output, CancellationToken cancellationToken)
    {
        await KafkaConnection.CheckAsync(kafka, cancellationToken);
        var identity = await IdentityAsync(kafka, cancellationToken);
        var offsets = await OffsetsAsync(kafka);
        var marks = await MarksAsync(offsets.Keys.Select(k => k.Partition).Distinct(), cancellationToken);
        var problems = new List<string>();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{"type",-11} {"part",4} {"in Kafka",23} {"archived",23} {"waiting",8} {"online",10} {"rows",12} {"files",6}"));
        foreach (var ((topic, partition), (first, end)) in offsets.OrderBy(o => Array.IndexOf(s_topics, o.Key.Topic)).ThenBy(o => o.Key.Partition))
        {
            var (name, type) = (ArchiveFile.LogNameOf(identity.Of(topic)), ArchiveFile.TypeOf(topic));
            var chain = proof.Chains.FirstOrDefault(c => (c.Log, c.Type, c.Partition) == (name, type, partition));
            var next = chain is null ? 0 : chain.To + 1;
            var mark = topic == Topics.Impression ? null : marks(topic, partition, StableHash.Of(identity.Of(topic)));
            var inKafka = first == end ? "-" : string.Create(CultureInfo.InvariantCulture, $"{first}-{end - 1}");
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{type,-11} {partition,4} {inKafka,23} {ArchiveText.Range(chain),23} {Math.Max(0, end - next),8} {mark?.ToString(CultureInfo.InvariantCulture) ?? "-",10} {chain?.Rows ?? 0,12} {chain?.Files ?? 0,6}"));
            if (next > end) problems.Add(Text($"{topic}[{partition}]: the archive has offsets up to {next - 1}, but the log ends at {end}: it is not the log that was archived"));
            if (chain is not null && chain.From > first) problems.Add(Text($"{topic}[{partition}]: the offsets {first} to {chain.From - 1} are in Kafka and not in the archive, which begins behind them"));
            if (next < first) problems.Add(Text($"{topic}[{partition}]: the offsets {next} to {first - 1} are gone from Kafka and were never archived"));
            if (mark > end) problems.Add(Text($"{topic}[{partition}]: online state has absorbed offsets up to {mark - 1}, but the log ends at {end}"));
        }
        var names = s_topics.Where(t => offsets.Keys.Any(k => k.Topic == t)).Select(t => ArchiveFile.LogNameOf(identity.Of(t))).ToHashSet();
        if (proof.Chains.Where(c => !names.Contains(c.Log)).ToArray() is { Length: > 0 } older)
            await output.WriteLineAsync(Text($"and of logs that are no more: {older.Select(c => c.Log).Distinct().Count()} logs, {older.Sum(c => c.Rows)} rows in {older.Sum(c => c.Files)} files"));
        ComparedNothing = proof.Chains.Count > 0 && !proof.Chains.Any(c => names.Contains(c.Log));
        return problems;
    }

    private async Task<LogIdentity> IdentityAsync(ServerAddress kafka, CancellationToken cancellationToken)
    {
        var generation = Path.Combine(Path.GetDirectoryName(root) ?? root, "log-generation");
        var name = log ?? (File.Exists(generation) ? (await File.ReadAllTextAsync(generation, cancellationToken)).Trim() : "");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        try
        {
            var options = KafkaConnection.Options(kafka);
            if (name.Length > 0) options = options with { LogIdentity = name };
            return await LogIdentity.ResolveAsync(options, s_topics, TimeProvider.System, NullLogger.Instance, patience.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailure($"Kafka at {kafka} does not say which logs its topics are; name the log with --log.", ExitCode.Failed, e);
        }
    }

    private static async Task<IReadOnlyDictionary<(string Topic, int Partition), (long First, long End)>> OffsetsAsync(ServerAddress kafka)
    {
        try
        {
            using var admin = KafkaConnection.OpenAdmin(kafka);
            return await TopicOffsets.ReadAsync(admin, s_topics, KafkaConnection.Timeout);
        }
        catch (KafkaException e)
        {
            throw KafkaConnection.NotRunning(kafka, e);
        }
    }

    private async Task<Func<string, int, ulong, long?>> MarksAsync(IEnumerable<int> partitions, CancellationToken cancellationToken)
    {
        if (redis is null) return (_, _, _) => null;
        var marks = new Dictionary<string, LogWatermarks>();
        // Nobody waits for a screen here: a busy Redis may take longer than services let it.
        var options = OptionsBinding.Bind<RedisOptions>(KafkaConnection.Environment());
        options = options with { Endpoints = redis, Timeout = options.Timeout > s_redisPatience ? options.Timeout : s_redisPatience };
        var client = new RedisClient(options, TimeProvider.System, NullLogger<RedisClient>.Instance);
        try
        {
            foreach (var key in partitions.SelectMany(p => new[] { OnlineKeys.Partition(p), OnlineKeys.CatalogPartition(p) }))
                marks[key] = LogWatermarks.Decode(await client.GetAsync(key, cancellationToken));
        }
        catch (RedisUnavailableException e)
        {
            throw new CommandFailure($"Redis at {redis} can't be asked: {e.Message}", ExitCode.Failed, e);
        }
        finally
        {
            await client.DisposeAsync();
        }
        return (topic, partition, identity) =>
            marks[topic == Topics.Catalog ? OnlineKeys.CatalogPartition(partition) : OnlineKeys.Partition(partition)].Next(identity, TopicNumbers.Of(topic), partition);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
