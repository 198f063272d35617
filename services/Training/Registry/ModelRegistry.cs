using Recommender.Hosting.Artifacts;
using Recommender.Training.Mlflow;
using Recommender.Training.Publishing;

namespace Recommender.Training.Registry;

/// <summary>A change of what is live was refused; the message says why.</summary>
internal sealed class PromotionException(string type, string version, string message) : Exception(message)
{
    /// <summary>A machine-readable word: MODEL_DAMAGED or NO_PREVIOUS_MODEL.</summary>
    public string Type { get; } = type;

    /// <summary>The version it is about; may be empty.</summary>
    public string Version { get; } = version;
}

/// <summary>Model versions and what is live. One change of what is live at a time; each is checked, recorded, then announced.</summary>
internal sealed class ModelRegistry(
    ModelStore store, LiveAnnouncer announcer, MlflowModels mlflow, ListRefresh lists, TrainingOptions options, TimeProvider time,
    ILogger<ModelRegistry> logger) : IDisposable
{
    public const string Damaged = "MODEL_DAMAGED";
    public const string NoPrevious = "NO_PREVIOUS_MODEL";
    private const string Promoted = "promoted";
    private const string RolledBack = "rolled_back";

    // A rollback finds this many earlier live versions on disk, whatever else is deleted.
    private const int KeptForRollback = 5;
    private readonly SemaphoreSlim _changing = new(1);

    /// <summary>The version that is live; empty when none is.</summary>
    public string LiveVersion => store.ReadLive().Version;

    /// <summary>Every version whose manifest is readable, newest first.</summary>
    public IReadOnlyList<ModelManifest> List() => store.List();

    /// <summary>The manifest of a version, or null when there is no such version.</summary>
    /// <exception cref="PromotionException">MODEL_DAMAGED.</exception>
    public ModelManifest? Find(string version)
    {
        try
        {
            return store.Find(version);
        }
        catch (InvalidDataException)
        {
            throw new PromotionException(Damaged, version, $"model {version} is damaged: its manifest can't be read");
        }
    }

    /// <summary>Writes a version; it appears whole or not at all.</summary>
    /// <returns>The manifest with every file's checksum.</returns>
    public ModelManifest Add(ModelManifest manifest, IReadOnlyDictionary<string, Action<Stream>> writers)
    {
        var completed = store.Save(manifest, MlModelFile.With(writers, manifest));
        mlflow.Write();
        return completed;
    }

    /// <summary>Makes a version live, unless it is already.</summary>
    /// <param name="version">The version.</param>
    /// <param name="reason">Why, in plain words.</param>
    /// <param name="hasLists">Whether the precomputed lists are its own already; if not they are written afterwards.</param>
    /// <param name="cancellationToken">Gives up before anything has changed.</param>
    /// <returns>Its manifest; null when there is no such version.</returns>
    /// <exception cref="PromotionException">MODEL_DAMAGED: a file is missing or its checksum is wrong; what is live stays live.</exception>
    public async Task<ModelManifest?> PromoteAsync(string version, string reason, bool hasLists, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            using var held = await LiveLock.TakeAsync(store, time, cancellationToken);
            Repair();
            if (FindSound(version) is not { } manifest) return null;
            if (LiveVersion != version) await GoLiveAsync(manifest, Promoted, reason, hasLists);
            return manifest;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>
    /// Makes the version live that was live before the current one; again: the one before that. Versions that are damaged, or deleted, are passed over: who
    /// rolls back has trouble enough.
    /// </summary>
    /// <exception cref="PromotionException">NO_PREVIOUS_MODEL; or MODEL_DAMAGED: so are all that are left.</exception>
    public async Task<ModelManifest> RollBackAsync(string reason, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            using var held = await LiveLock.TakeAsync(store, time, cancellationToken);
            Repair();
            var previous = FindPrevious(store.ReadLive());
            await GoLiveAsync(previous, RolledBack, reason, hasLists: false);
            return previous;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Makes a damaged record of what is live again from its copy.</summary>
    /// <exception cref="InvalidDataException">Both are damaged.</exception>
    public async Task RepairAsync(CancellationToken cancellationToken)
    {
        if (store.IsLiveSound) return;
        using var held = await LiveLock.TakeAsync(store, time, cancellationToken);
        Repair();
    }

    /// <summary>Deletes the oldest versions beyond the limit, except the live one and those a rollback leads to.</summary>
    public void DeleteOldest()
    {
        var live = store.ReadLive();
        var needed = LiveHistory.Before(live).Take(KeptForRollback).Append(live.Version).ToHashSet(StringComparer.Ordinal);
        foreach (var old in store.List().Skip(options.KeepModels).Where(m => !needed.Contains(m.Version)))
        {
            try
            {
                store.Delete(old.Version);
                RegistryLog.Deleted(logger, old.Version);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                RegistryLog.NotDeleted(logger, old.Version, e);
            }
        }
        mlflow.Write();
    }

    /// <inheritdoc/>
    public void Dispose() => _changing.Dispose();

    private void Repair()
    {
        if (store.RepairLive() is { } problem) RegistryLog.Repaired(logger, store.ReadLive().Version, problem);
    }

    private ModelManifest FindPrevious(LiveModel live)
    {
        PromotionException? damaged = null;
        foreach (var version in LiveHistory.Before(live).Distinct(StringComparer.Ordinal).Where(v => v != live.Version))
        {
            try
            {
                if (FindSound(version) is { } sound) return sound;
            }
            catch (PromotionException e)
            {
                RegistryLog.PassedOver(logger, version, e.Message);
                damaged ??= e;
            }
        }
        throw damaged ?? new PromotionException(NoPrevious, live.Version, live.Version.Length == 0 ? "no model is live" : $"no model was live before {live.Version}");
    }

    /// <summary>The manifest of a version whose files are what it says; null when there is no such version.</summary>
    /// <exception cref="PromotionException">MODEL_DAMAGED.</exception>
    private ModelManifest? FindSound(string version)
    {
        if (Find(version) is not { } manifest) return null;
        try
        {
            store.Verify(manifest);
        }
        catch (InvalidDataException e)
        {
            throw new PromotionException(Damaged, version, e.Message);
        }
        return manifest;
    }

    private async Task GoLiveAsync(ModelManifest manifest, string action, string reason, bool hasLists)
    {
        // From here on there is no way back: a recorded change must be announced.
        store.WriteLive(new LiveChange(manifest.Version, action, time.GetUtcNow(), reason));
        TrainingMetrics.LiveModel(manifest);
        RegistryLog.WentLive(logger, manifest.Version, action, reason);
        if (!hasLists) lists.Ask(manifest.Version);
        await announcer.AnnounceAsync();
        mlflow.Write();
    }
}

internal static partial class RegistryLog
{
    [LoggerMessage(EventId = 6311, EventName = "WentLive", Level = LogLevel.Information, Message = "Model {Version} is live ({Action}): {Reason}")]
    public static partial void WentLive(ILogger logger, string version, string action, string reason);

    [LoggerMessage(EventId = 6312, EventName = "ModelDeleted", Level = LogLevel.Information, Message = "Model {Version} was deleted, being old")]
    public static partial void Deleted(ILogger logger, string version);

    [LoggerMessage(EventId = 6314, EventName = "LiveRecordRepaired", Level = LogLevel.Warning,
        Message = "The record of what is live was made again from its copy, model {Version} is live: {Problem}")]
    public static partial void Repaired(ILogger logger, string version, string problem);

    [LoggerMessage(EventId = 6315, EventName = "RollbackPassedOver", Level = LogLevel.Warning, Message = "A rollback passes over model {Version}: {Problem}")]
    public static partial void PassedOver(ILogger logger, string version, string problem);

    [LoggerMessage(EventId = 6313, EventName = "ModelNotDeleted", Level = LogLevel.Warning, Message = "The old model {Version} could not be deleted")]
    public static partial void NotDeleted(ILogger logger, string version, Exception error);
}
