using Recommender.Standalone.Import.Formats;
using Recommender.Standalone.Sending;

namespace Recommender.Standalone.Import;

/// <summary>Imports files one after another, each from where an earlier import of it has got to.</summary>
internal sealed class Importer(ImportSettings settings, ImportClients clients, CheckpointStore checkpoints, IImportView view, TimeProvider time)
{
    private static readonly TimeSpan s_saveInterval = TimeSpan.FromSeconds(1);
    private readonly ImportTotals _totals = new();
    private bool _canSave = true;
    private long _saved;

    /// <summary>Imports everything.</summary>
    /// <exception cref="Cli.CommandFailure">A file is not of the format, or the system can't be reached.</exception>
    public async Task<ImportTotals> RunAsync(CancellationToken cancellationToken)
    {
        var report = new ImportReport(view, _totals);
        var patience = new Patience(settings.To, time, delay => view.Note($"the system does not take events now; trying again in {delay.TotalSeconds:0.#} s"));
        foreach (var path in settings.Paths) await ImportAsync(path, report, patience, cancellationToken);
        return _totals;
    }

    private async Task ImportAsync(string path, ImportReport report, Patience patience, CancellationToken cancellationToken)
    {
        var key = await CheckpointStore.KeyAsync(path, settings, cancellationToken);
        var from = await FindCheckpointAsync(path, key, cancellationToken);
        if (from.Completed)
        {
            _totals.FilesDoneBefore++;
            return;
        }
        view.Begin(Path.GetFileName(path), new FileInfo(path).Length);
        var chunks = new ChunkReader(path, settings.Format.Open(new EventFactory(settings.Format.Name, settings.Prefix)), from.Line);
        var file = new FileImport(path, from, clients, patience, report, _totals, view);
        try
        {
            await file.RunAsync(chunks, () => SaveNowAndThen(key, file), cancellationToken);
            Save(key, file, completed: true);
        }
        catch
        {
            Save(key, file, completed: false);
            throw;
        }
    }

    /// <summary>How far an earlier import has got; line 0 when it must begin at the first line.</summary>
    private async Task<ImportCheckpoint> FindCheckpointAsync(string path, string key, CancellationToken cancellationToken)
    {
        var none = new ImportCheckpoint(path, 0, false, "", time.GetUtcNow());
        if (settings.Restart || checkpoints.Find(key) is not { } found) return none;
        if (!await clients.KnowsAsync(found.SampleUserId, cancellationToken))
        {
            view.Note($"{path}: the system that an earlier import went into is gone; importing from the first line");
            return none;
        }
        view.Note(found.Completed
            ? $"{path}: imported already, at {found.SavedAt:yyyy-MM-dd HH:mm:ss}Z; --restart imports it again"
            : $"{path}: continuing after line {found.Line}, where an earlier import has got to; --restart begins again");
        return found;
    }

    private void SaveNowAndThen(string key, FileImport file)
    {
        if (time.GetElapsedTime(_saved) >= s_saveInterval) Save(key, file, completed: false);
    }

    private void Save(string key, FileImport file, bool completed)
    {
        // Without an accepted event there is nothing to know the system by later, and little to repeat.
        if (!_canSave || file.SampleUser.Length == 0) return;
        _saved = time.GetTimestamp();
        _canSave = checkpoints.TrySave(key, new ImportCheckpoint(Path.GetFullPath(file.Path), file.AcknowledgedLine, completed, file.SampleUser, time.GetUtcNow()));
        if (!_canSave) view.Note("the progress can't be noted on disk, so an import that is interrupted will begin again");
    }
}
