using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Artifacts;

/// <summary>The record of what is live, and a copy from which it mends itself.</summary>
/// <param name="objects">Where both are.</param>
internal sealed class LiveRecord(IObjectStore objects)
{
    private const string Name = ModelStore.LiveName;
    private const string CopyName = "live.copy.json";

    /// <summary>What is live now, with the history; from the copy where the record is damaged or gone.</summary>
    /// <exception cref="InvalidDataException">Both are damaged; the message names the record.</exception>
    public LiveModel Read()
    {
        if (TryRead(out var live, out var problem)) return live;
        return FindCopy() ?? (problem is null ? live : throw problem);
    }

    /// <summary>Records that a version became live.</summary>
    public LiveModel Write(LiveChange change)
    {
        var live = new LiveModel { Version = change.Version, History = [.. Read().History, change] };
        Put(Name, live);
        Put(CopyName, live);
        return live;
    }

    /// <summary>Whether the record and its copy say the same.</summary>
    public bool IsSound => (TryRead(out var live, out var problem) || problem is null) && (FindCopy()?.History.Count ?? 0) == live.History.Count;

    /// <summary>
    /// Makes a damaged or lost record of what is live again from its copy, and a damaged or lost copy from the record. For the process that
    /// holds the turn to change what is live.
    /// </summary>
    /// <returns>What was wrong with the record that was made again; null when nothing was.</returns>
    /// <exception cref="InvalidDataException">Both are damaged.</exception>
    public string? Repair()
    {
        if (TryRead(out var live, out var problem))
        {
            if (FindCopy()?.History.Count != live.History.Count) Put(CopyName, live);
            return null;
        }

        if (FindCopy() is { } copy)
        {
            Put(Name, copy);
            return problem?.Message ?? $"{objects.Address}/{Name} was gone";
        }

        return problem is null ? null : throw problem;
    }

    // False without a problem: there is no record.
    private bool TryRead(out LiveModel live, out InvalidDataException? problem)
    {
        (live, problem) = (new LiveModel { Version = "", History = [] }, null);
        try
        {
            if (objects.Read(Name) is not { } content) return false;
            live = ArtifactJson.Parse($"{objects.Address}/{Name}", content, ArtifactJson.Default.LiveModel);
            return true;
        }
        catch (InvalidDataException e)
        {
            problem = e;
            return false;
        }
    }

    private LiveModel? FindCopy()
    {
        try
        {
            return objects.Read(CopyName) is { } content ? ArtifactJson.Parse(CopyName, content, ArtifactJson.Default.LiveModel) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private void Put(string name, LiveModel live) => objects.Put(name, ArtifactJson.BytesOf(live));
}
