using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>
/// Keeps the archive in order: removes rows of forgotten viewers, drops days that are too old, describes each day in a manifest, merges small files and
/// deletes those that were merged. Call it with the <see cref="ArchiveLock"/> held. It may be killed at any point: what it did is whole, and the
/// next time it does the rest. Readers and writers need not know of it.
/// </summary>
public static class ArchiveKeeper
{
    /// <summary>Does all that is due.</summary>
    /// <param name="root">The archive's folder.</param>
    /// <param name="rules">How.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <exception cref="InvalidDataException">The archived wishes are damaged. Other damage is in the report.</exception>
    public static KeepingReport Run(string root, KeepingRules rules, DateTimeOffset now, CancellationToken cancellationToken) => Run(new FolderStore(root), rules, now, cancellationToken);

    /// <summary>Does all that is due.</summary>
    /// <param name="store">Where the archive is.</param>
    /// <param name="rules">How.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <exception cref="InvalidDataException">The archived wishes are damaged. Other damage is in the report.</exception>
    /// <exception cref="IOException">The store does not answer; what was done stays done.</exception>
    public static KeepingReport Run(IObjectStore store, KeepingRules rules, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(rules);
        var report = new KeepingReport();
        var archive = ArchiveCatalog.Load(store, cancellationToken: cancellationToken);
        if (store.PathOf("") is { } root && !Directory.Exists(root)) return report;
        var wishes = ErasureLog.Read(archive);
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var manifests = new DayManifests(archive);
        KeepDays(archive, new DayKeeper(archive, manifests, rules, wishes, today, report, cancellationToken));
        // A bucket's listing does not know what was written since.
        if (store.PathOf("") is null && report.RowsErased + report.Expired > 0) archive = ArchiveCatalog.Load(store, cancellationToken: cancellationToken);
        new Compactor(archive, manifests, rules, now, report, cancellationToken).Run();
        if (report.Made > 0)
        {
            archive = ArchiveCatalog.Load(store, cancellationToken: cancellationToken);
            KeepDays(archive, new DayKeeper(archive, manifests, rules, wishes, today, report, cancellationToken));
        }
        Leftovers.Sweep(archive, rules, now, report);
        return report;
    }

    private static void KeepDays(ArchiveCatalog archive, DayKeeper keeper)
    {
        var leftover = archive.Leftover.ToLookup(f => (f.Type, f.Day));
        var days = archive.Files().GroupBy(f => (f.Type, f.Day)).ToDictionary(d => d.Key, d => d.ToArray());
        foreach (var key in days.Keys.Concat(leftover.Select(l => l.Key)).Distinct().ToArray())
            keeper.Keep(key.Type, key.Day, days.GetValueOrDefault(key) ?? [], leftover[key]);
    }
}
