using System.Text;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Privacy;
using Recommender.Serving.Api;
using Recommender.V1;

namespace Recommender.Serving.OnDemand;

/// <summary>A request that came over Kafka.</summary>
/// <param name="Id">Its id: what it says itself, else the record's <c>ce_id</c>, else where the record is; the same whenever the record is read.</param>
/// <param name="Request">What is asked, with the viewer's name inside the system.</param>
/// <param name="Violations">Its wrong fields.</param>
/// <param name="Expires">From when on nobody wants the answer; null: never.</param>
/// <param name="TraceParent">W3C trace context; empty when it is not traced.</param>
/// <param name="RecordedAt">When it was written.</param>
internal sealed record OnDemandRequest(
    string Id, RecommendRequest Request, IReadOnlyList<FieldViolation> Violations, DateTimeOffset? Expires, byte[] TraceParent, DateTimeOffset RecordedAt)
{
    /// <summary>Reads a record; null when it is none that could be answered, for instance since it names no viewer.</summary>
    /// <param name="record">The record.</param>
    /// <param name="users">Knows the viewer's name inside the system.</param>
    /// <param name="problem">What is wrong with it then.</param>
    public static OnDemandRequest? Read(in TopicRecord record, UserIds users, out string problem)
    {
        problem = "the record has no value";
        if (record.Value is null) return null;
        RecommendRequest request;
        string id;
        var wrong = new List<(string Field, string Problem)>();
        try
        {
            request = RequestJson.Parse(record.Value, out id, wrong);
        }
        catch (FormatException e)
        {
            problem = e.Message;
            return null;
        }
        // Without a good viewer's id there is no key for an answer.
        if (FieldRules.RequiredId("user_id", request.UserId) is { } nobody)
        {
            problem = $"{nobody.Field} {wrong.Find(w => w.Field == nobody.Field).Problem ?? nobody.Description}";
            return null;
        }
        var violations = wrong.ConvertAll(w => new FieldViolation(w.Field, w.Problem));
        violations.AddRange(RequestRules.Judge(request) ?? []);
        if (id.Length == 0) id = Text(record.Headers, CloudEventHeaders.Id);
        if (FieldRules.OptionalId("request_id", id) is { } wrongId)
        {
            violations.Add(wrongId);
            id = "";
        }
        if (id.Length == 0) id = $"{record.Position.Topic}/{record.Position.Partition}/{record.Position.Offset}";
        request.UserId = users.NameOf(request.UserId);
        var expiry = Text(record.Headers, CloudEventHeaders.ExpiryTime);
        DateTimeOffset? expires = null;
        if (expiry.Length > 0 && JsonTime.TryParse(expiry, out var time)) expires = time.ToDateTimeOffset();
        else if (expiry.Length > 0) violations.Add(new FieldViolation(CloudEventHeaders.ExpiryTime, "is no RFC 3339 time"));
        return new OnDemandRequest(id, request, violations, expires, Bytes(record.Headers, CloudEventHeaders.TraceParent), record.Timestamp);
    }

    private static string Text(Headers headers, string name) => Encoding.UTF8.GetString(Bytes(headers, name));

    private static byte[] Bytes(Headers headers, string name) => headers.TryGetLastBytes(name, out var bytes) ? bytes ?? [] : [];
}
