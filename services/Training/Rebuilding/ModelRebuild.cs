using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Trainers;
using Recommender.Training.Dataset;
using Recommender.Training.Judging;
using Recommender.Training.Publishing;
using Recommender.Training.Running;

namespace Recommender.Training.Rebuilding;

/// <summary>Makes a model again from its manifest and the archive, and compares bit for bit. Needs no running system.</summary>
public static class ModelRebuild
{
    private const double ReadingShare = 0.3;

    /// <summary>Makes the model again.</summary>
    /// <param name="manifestPath">The manifest, or the folder that it is in.</param>
    /// <param name="archivePath">The archive; it may have grown since.</param>
    /// <param name="modelsPath">Where the version is whose factors the training began with, if it did; null: beside the manifest's folder.</param>
    /// <param name="outPath">A folder that receives the model as <c>{version}/</c>; null: it is only compared.</param>
    /// <param name="progress">Told the share of the work done, 0 to 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RebuildException">The manifest can't be read or followed, or the archive no longer has the data.</exception>
    public static async Task<RebuildResult> RunAsync(
        string manifestPath, string archivePath, string? modelsPath, string? outPath, Action<double> progress, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var made = ReadManifest(manifestPath);
        var recipe = RunPlanner.Repeat(made) ?? throw new RebuildException($"This version of the code can't follow the recipe of {made.Version} ({made.Trainer}).");
        var snapshot = await ReadAsync(made, archivePath, share => progress(share * ReadingShare), cancellationToken);
        var start = made.StartedFrom is { } startedFrom ? ReadStart(made, startedFrom, modelsPath ?? ModelsFolderOf(manifestPath), snapshot.Events.Videos) : null;
        IScoringModel model;
        try
        {
            var data = TrainingMatrices.Build(snapshot.Events, recipe, counts: null, cancellationToken) with { WarmStart = start };
            (model, _) = new TrialRunner(new TrainingOptions(), time, NullLogger<TrialRunner>.Instance).Train(
                recipe, data, share => progress(ReadingShare + (share * (1 - ReadingShare))), cancellationToken);
        }
        catch (Exception e) when (e is TrainingDataException or ParameterException)
        {
            throw new RebuildException($"The model can't be made again: {e.Message}", e);
        }
        var ranker = made.Ranker is { } origin ? await RankerRebuild.RunAsync(made, origin, archivePath, snapshot, cancellationToken) : null;
        var writers = MlModelFile.With(ModelFiles.Writers(model, snapshot.Events, ranker), made);
        var files = writers.Keys.Order(StringComparer.Ordinal).Select(name => new RebuiltFile(name, ExpectedOf(made, name), ChecksumOf(writers[name]))).ToArray();
        if (outPath is not null) Write(made, writers, outPath);
        var code = new ServiceIdentity("training").Version;
        return new RebuildResult(
            made.Version, made.Trainer, snapshot.Version, snapshot.Events.EventCount, made.CodeVersion, code, time.GetElapsedTime(started).TotalSeconds, files);
    }

    private static async Task<Snapshot> ReadAsync(ModelManifest made, string archivePath, Action<double> progress, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(archivePath)) throw new RebuildException($"There is no archive at {archivePath}.");
        var ranges = new ManifestRanges(made.DataRanges);
        try
        {
            using var cut = ArchiveCut.Of(archivePath, ranges);
            var storage = new StorageOptions { ArchivePath = cut.Root };
            var snapshot = await new SnapshotReader(storage, TimeProvider.System, NullLogger<SnapshotReader>.Instance).ReadAsync(progress, ranges.Has, cancellationToken);
            if (ranges.Missing(snapshot.Ranges) is { } missing) throw new RebuildException(missing);
            if (snapshot.Version == made.DataVersion) return snapshot;
            throw new RebuildException(ranges.HasNewErasures(ArchiveCatalog.Load(archivePath))
                ? $"Viewers asked to be forgotten after {made.Version} was made; its data must not come back, so it can't be made again."
                : $"The archive's content is not that from which {made.Version} was made: its data version is {snapshot.Version}, not {made.DataVersion}.");
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new RebuildException($"The archive can't be read: {e.Message}.", e);
        }
    }

    private static ModelManifest ReadManifest(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, ModelStore.ManifestName) : path;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), ArtifactJson.Default.ModelManifest) ?? throw new RebuildException($"{file} is empty.");
        }
        catch (JsonException e)
        {
            throw new RebuildException($"{file} is no manifest of a model: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RebuildException($"The manifest can't be read: {e.Message}", e);
        }
    }

    private static WarmStart ReadStart(ModelManifest made, ModelStart start, string modelsPath, IReadOnlyList<string> videos)
    {
        try
        {
            return StoredFactors.Read(new ModelStore(new StorageOptions { ModelsPath = modelsPath }), start, videos);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new RebuildException($"{made.Version} began with the factors of {start.Version} and can't be made again without them: {e.Message}.", e);
        }
    }

    private static string ModelsFolderOf(string manifestPath)
    {
        var path = Path.GetFullPath(manifestPath);
        var version = Directory.Exists(path) ? Path.TrimEndingDirectorySeparator(path) : Path.GetDirectoryName(path)!;
        return Path.GetDirectoryName(version) ?? version;
    }

    private static void Write(ModelManifest made, Dictionary<string, Action<Stream>> writers, string outPath)
    {
        var store = new ModelStore(new StorageOptions { ModelsPath = outPath });
        try
        {
            if (Directory.Exists(store.FolderOf(made.Version))) throw new RebuildException($"{store.FolderOf(made.Version)} is there already.");
            store.Save(made, writers);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RebuildException($"The model can't be written: {e.Message}", e);
        }
    }

    private static string ExpectedOf(ModelManifest made, string name) => made.Files.FirstOrDefault(f => f.Name == name)?.Sha256 ?? "none";

    private static string ChecksumOf(Action<Stream> write)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write)) write(stream);
        return Convert.ToHexStringLower(hash.Hash!);
    }
}
