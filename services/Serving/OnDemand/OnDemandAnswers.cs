using System.Diagnostics;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Telemetry;
using Recommender.Serving.Api;

namespace Recommender.Serving.OnDemand;

/// <summary>Answers one request with the pipeline of the calls. There is an answer for every request, even if it says what is wrong.</summary>
internal sealed class OnDemandAnswers(AnswerMaker answers, OnDemandOptions options, TimeProvider time, ILogger<OnDemandAnswers> logger)
{
    /// <summary>The record of the answer.</summary>
    public async Task<KafkaRecord> AnswerAsync(OnDemandRequest asked)
    {
        using var span = RecommenderTelemetry.ActivitySource.StartActivity("recommend: on demand", ActivityKind.Consumer, TraceHeaders.Parse(asked.TraceParent));
        var now = time.GetUtcNow();
        if (asked.Violations.Count > 0)
        {
            OnDemandMetrics.Count("invalid");
            var message = string.Join("; ", asked.Violations.Select(v => $"{v.Field}: {v.Description}"));
            return Refuse(asked, "INVALID_ARGUMENT", message, [.. asked.Violations.Select(v => new WrongField(v.Field, v.Description))]);
        }
        if (asked.Expires <= now)
        {
            OnDemandMetrics.Count("expired");
            return Refuse(asked, "DEADLINE_EXCEEDED", "the request had expired before it was read");
        }
        var deadline = now + options.Patience;
        if (asked.Expires < deadline) deadline = asked.Expires.Value;
        try
        {
            var response = await answers.MakeAsync(asked.Request, new Asked("OnDemand", deadline.UtcDateTime, asked.Id), CancellationToken.None);
            OnDemandMetrics.Count("answered");
            return OnDemandRecords.Of(asked, response, time.GetUtcNow());
        }
        catch (Exception e)
        {
            // Whatever it is, the requests behind this one must not wait for it.
            OnDemandLog.AnswerFailed(logger, e);
            OnDemandMetrics.Count("failed");
            return Refuse(asked, "INTERNAL", "internal error");
        }
    }

    /// <summary>The record that says why there is no answer.</summary>
    public KafkaRecord Refuse(OnDemandRequest asked, string code, string message, params IReadOnlyList<WrongField> fields) =>
        OnDemandRecords.Of(asked, new RequestError(code, message, fields), time.GetUtcNow());
}
