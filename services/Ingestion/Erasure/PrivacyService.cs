using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Privacy;
using Recommender.Ingestion.Events;
using Recommender.V1;

namespace Recommender.Ingestion.Erasure;

/// <summary>Takes the wish to be forgotten and makes it durable on the erasure topic; the services that hold data act on it.</summary>
internal sealed class PrivacyService(IRecordProducer producer, UserIds users, TimeProvider time) : V1.PrivacyService.PrivacyServiceBase
{
    /// <inheritdoc/>
    public override async Task<ForgetUserResponse> ForgetUser(ForgetUserRequest request, ServerCallContext context)
    {
        FieldRules.ThrowIfAny(FieldRules.RequiredId("user_id", request.UserId));
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString();
        foreach (var name in users.NamesOf(request.UserId)) await producer.ProduceAsync(Record(id, name, now), context.CancellationToken);
        return new ForgetUserResponse { ErasureId = id };
    }

    private static KafkaRecord Record(string id, string name, DateTimeOffset now)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(new Contracts.Json.Erasure(id, name, now), RecordJson.Default.Erasure);
        var headers = EventRecords.Headers(Topics.Erasure, id, Timestamp.FromDateTimeOffset(now));
        return new KafkaRecord(Topics.Erasure, Encoding.UTF8.GetBytes(name), value, headers, now);
    }
}
