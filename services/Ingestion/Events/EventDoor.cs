using System.Globalization;
using Grpc.Core;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Privacy;
using Recommender.V1;

namespace Recommender.Ingestion.Events;

/// <summary>What every event goes through, whichever call brings it: the rules, the viewer's rate, and what is taken from it before anything is written.</summary>
internal sealed class EventDoor(
    EventRules rules, ViewerLimiter limiter, UserIds users, ContextFilter context, EventRecords records, IngestionOptions options, IngestionMetrics metrics,
    TimeProvider time)
{
    /// <summary>Judges an event and makes its record. A good event is changed in place: id and time are completed, the viewer's name and the context are what is kept.</summary>
    /// <param name="e">The event; null when the request carries none.</param>
    public Admission Admit(Event? e)
    {
        var violations = rules.Check(e);
        if (violations.Count > 0)
        {
            IngestionMetrics.Refused(e);
            return new Admission { Violations = violations };
        }
        if (limiter.TryTake(e!.UserId) is { } wait)
        {
            IngestionMetrics.Limited(e);
            return new Admission { RetryAfter = wait, Limit = options.ViewerEventsPerSecond };
        }
        if (e.OccurredAt is { } at) metrics.ClockSkew(at.ToDateTimeOffset() - time.GetUtcNow());
        e.UserId = users.NameOf(e.UserId);
        context.Apply(e);
        return new Admission { Record = records.Create(e) };
    }
}

/// <summary>What the door says to an event.</summary>
internal readonly struct Admission
{
    /// <summary>The record of a good event.</summary>
    public KafkaRecord? Record { get; init; }

    /// <summary>What is wrong with a bad one.</summary>
    public IReadOnlyList<FieldViolation>? Violations { get; init; }

    /// <summary>How long the viewer should wait who sends too many.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>Events a second that one viewer may send.</summary>
    public double Limit { get; init; }

    /// <summary>The refusal as a text; empty for a good event.</summary>
    public string Reason => Record is not null ? ""
        : Violations is { } violations ? string.Join("; ", violations.Select(v => $"{v.Field}: {v.Description}"))
        : string.Create(CultureInfo.InvariantCulture, $"RESOURCE_EXHAUSTED: {Excess}; retry in {Math.Ceiling(RetryAfter.TotalMilliseconds)} ms");

    private string Excess => string.Create(CultureInfo.InvariantCulture, $"this viewer sends more than {Limit} events a second");

    /// <summary>The refusal as the status of a call.</summary>
    public RpcException ToException() => Violations is { } violations
        ? GrpcErrors.InvalidArgument(violations)
        : GrpcErrors.ResourceExhausted(Excess, RetryAfter);
}
