using Recommender.Hosting.Kafka;
using Recommender.V1;

namespace Recommender.Ingestion.Events;

/// <summary>Events of a stream that were at hand together: handed over together, and waited for once.</summary>
internal sealed class EventRun
{
    /// <summary>Events of a run at most: while more come, those before them are on their way already.</summary>
    public const int MaxEvents = 64;

    private readonly List<Taken> _events = [];
    private readonly List<KafkaRecord> _records = [];
    private Task<ProduceOutcome[]> _delivery = Task.FromResult<ProduceOutcome[]>([]);

    /// <summary>Number of events.</summary>
    public int Count => _events.Count;

    /// <summary>Whether waiting for it takes no time.</summary>
    public bool IsSettled => _delivery.IsCompleted;

    /// <summary>Adds an event and what the door said to it.</summary>
    /// <param name="e">The event; null when the request carried none.</param>
    /// <param name="admission">The record, or the refusal.</param>
    public void Add(Event? e, in Admission admission)
    {
        _events.Add(new Taken(e, admission.Reason, admission.Record is null ? -1 : _records.Count));
        if (admission.Record is { } record) _records.Add(record);
    }

    /// <summary>Hands the good events over, in their order.</summary>
    public async ValueTask SendAsync(IRecordProducer producer, CancellationToken cancellationToken)
    {
        if (_records.Count > 0) _delivery = await producer.SendAsync(_records, cancellationToken);
    }

    /// <summary>Waits for what became of all of them; in their order, each event with why it was refused, or what else went wrong.</summary>
    public async ValueTask<IEnumerable<(Event? Event, string Refusal, Exception? Error)>> WhenSettledAsync(CancellationToken cancellationToken)
    {
        var outcomes = await _delivery.WaitAsync(cancellationToken);
        return _events.Select(taken => (taken.Event, taken.Refusal, taken.Record < 0 ? null : outcomes[taken.Record].Error));
    }

    /// <param name="Event">The event.</param>
    /// <param name="Refusal">Why the door refused it; empty when it did not.</param>
    /// <param name="Record">The place of its record; -1: it has none.</param>
    private readonly record struct Taken(Event? Event, string Refusal, int Record);
}
