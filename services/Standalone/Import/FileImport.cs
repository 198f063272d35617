using System.Threading.Channels;
using Recommender.Standalone.Sending;
using Recommender.V1;

namespace Recommender.Standalone.Import;

/// <summary>Imports one file: reads ahead on another thread, sends catalog entries before the events that follow them, and notes how far the acknowledgements have got.</summary>
internal sealed class FileImport(
    string path, ImportCheckpoint from, ImportClients clients, Patience patience, ImportReport report, ImportTotals totals, IImportView view)
{
    private readonly VideoSender _videos = new(clients.Catalog, patience);
    private string _sampleUser = from.SampleUserId;
    private long _line = from.Line;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Every event up to this line is acknowledged.</summary>
    public long AcknowledgedLine => Interlocked.Read(ref _line);

    /// <summary>A viewer of whom an event was accepted; empty before the first.</summary>
    public string SampleUser => Volatile.Read(ref _sampleUser);

    /// <summary>Imports the chunks; returns when every event is acknowledged.</summary>
    /// <param name="chunks">The parsed file.</param>
    /// <param name="onProgress">Called after every chunk.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RunAsync(ChunkReader chunks, Action onProgress, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = Channel.CreateBounded<ImportChunk>(2);
        var reading = Task.Run(() => ReadAheadAsync(chunks, ahead.Writer, stop.Token), CancellationToken.None);
        try
        {
            await using var sender = new EventSender<LineEvent>(clients.Ingestion, patience, OnAnswer, stop.Token);
            await foreach (var chunk in ahead.Reader.ReadAllAsync(cancellationToken))
            {
                await SendAsync(chunk, sender, cancellationToken);
                onProgress();
            }
            await sender.CompleteAsync();
            view.Progress(new FileInfo(path).Length, totals);
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ReadAheadAsync(ChunkReader chunks, ChannelWriter<ImportChunk> ahead, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var chunk in chunks.Read()) await ahead.WriteAsync(chunk, cancellationToken);
            ahead.Complete();
        }
        catch (Exception e)
        {
            ahead.Complete(e);
        }
    }

    private async Task SendAsync(ImportChunk chunk, EventSender<LineEvent> sender, CancellationToken cancellationToken)
    {
        totals.Lines += chunk.Lines;
        foreach (var bad in chunk.BadLines) report.BadLine(path, bad.Line, bad.Reason);
        if (chunk.Videos.Count > 0)
        {
            totals.Videos += await _videos.SendAsync(
                [.. chunk.Videos.Select(v => v.Video)], (index, reason) => report.Refused(path, chunk.Videos[index].Line, reason), cancellationToken);
        }
        foreach (var e in chunk.Events) await sender.SendAsync(e.Event, e, cancellationToken);
        view.Progress(chunk.Position, totals);
    }

    private void OnAnswer(LineEvent e, TrackEventResponse answer)
    {
        if (answer.RejectedReason.Length > 0)
        {
            report.Refused(path, e.Line, answer.RejectedReason);
        }
        else
        {
            totals.Count(accepted: true);
            Volatile.Write(ref _sampleUser, e.Event.UserId);
        }
        if (e.IsLast) Interlocked.Exchange(ref _line, e.Line);
    }
}
