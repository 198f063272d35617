using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.Ingestion.Events;
using Recommender.V1;

namespace Recommender.Ingestion.Erasure;

/// <summary>Takes the wish to be forgotten and makes it durable on the erasure topic; the services that hold data act on it.</summary>
internal sealed class PrivacyService(IRecordProducer producer, TimeProvider time) : V1.PrivacyService.PrivacyServiceBase
{
    /// <inheritdoc/>
    public override async Task<ForgetUserResponse> ForgetUser(ForgetUserRequest request, ServerCallContext context)
    {
        FieldRules.ThrowIfAny(FieldRules.RequiredId("user_id", request.UserId));
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString();
        var value = JsonSerializer.SerializeToUtf8Bytes(new Contracts.Json.Erasure(id, request.UserId, now), RecordJson.Default.Erasure);
        var headers = EventRecords.Headers(Topics.Erasure, id, Timestamp.FromDateTimeOffset(now));
        await producer.ProduceAsync(new KafkaRecord(Topics.Erasure, Encoding.UTF8.GetBytes(request.UserId), value, headers, now), context.CancellationToken);
        return new ForgetUserResponse { ErasureId = id };
    }
}
