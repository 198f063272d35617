using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Privacy;
using Recommender.Hosting.Redis;
using Recommender.Ingestion.Events;
using Recommender.V1;

namespace Recommender.Ingestion.Erasure;

/// <summary>
/// Takes the wish to be forgotten and makes it durable on the erasure topic; the services that hold data act on it. Says how far a wish has come.
/// </summary>
internal sealed class PrivacyService(
    IRecordProducer producer, ErasureStatusStore statuses, UserIds users, TimeProvider time, ILogger<PrivacyService> logger)
    : V1.PrivacyService.PrivacyServiceBase
{
    /// <inheritdoc/>
    public override async Task<ForgetUserResponse> ForgetUser(ForgetUserRequest request, ServerCallContext context)
    {
        FieldRules.ThrowIfAny(FieldRules.RequiredId("user_id", request.UserId));
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString();
        var names = users.NamesOf(request.UserId);
        var wishes = names.Select((name, i) => new Contracts.Json.Erasure(id, name, now, i + 1, names.Count)).ToArray();
        foreach (var wish in wishes) await producer.ProduceAsync(Record(wish), context.CancellationToken);
        try
        {
            await statuses.AcceptedAsync(wishes[0], context.CancellationToken);
        }
        catch (RedisUnavailableException e)
        {
            // The wish is durable; whoever acts on it tells the status as well.
            PrivacyLog.StatusNotKept(logger, id, e.Message);
        }
        return new ForgetUserResponse { ErasureId = id };
    }

    /// <inheritdoc/>
    public override async Task<V1.Erasure> GetErasure(GetErasureRequest request, ServerCallContext context)
    {
        FieldRules.ThrowIfAny(FieldRules.RequiredId("erasure_id", request.ErasureId));
        var status = await ReadAsync(request.ErasureId, context.CancellationToken) ?? throw GrpcErrors.NotFound("erasure", request.ErasureId);
        return new V1.Erasure
        {
            ErasureId = request.ErasureId,
            State = StateOf(status),
            RequestedAt = Timestamp.FromDateTimeOffset(status.RequestedAt),
            OnlineRemovedAt = TimestampOf(status.OnlineRemovedAt),
            ArchiveRemovedAt = TimestampOf(status.ArchiveRemovedAt),
            CompletedAt = TimestampOf(status.CompletedAt),
        };
    }

    /// <exception cref="RpcException">DATA_LOSS: what is kept of the status is damaged.</exception>
    private async Task<ErasureStatus?> ReadAsync(string erasureId, CancellationToken cancellationToken)
    {
        try
        {
            return await statuses.ReadAsync(erasureId, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw GrpcErrors.DataLoss("erasure", erasureId, $"the status of erasure '{erasureId}' is damaged: {e.Message}; how far the wish has come is not known");
        }
    }

    private static V1.Erasure.Types.State StateOf(ErasureStatus status)
    {
        if (status.CompletedAt is not null) return V1.Erasure.Types.State.Completed;
        return status.OnlineRemovedAt is null ? V1.Erasure.Types.State.Accepted : V1.Erasure.Types.State.Removing;
    }

    private static Timestamp? TimestampOf(DateTimeOffset? at) => at is { } time ? Timestamp.FromDateTimeOffset(time) : null;

    private static KafkaRecord Record(Contracts.Json.Erasure wish)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(wish, RecordJson.Default.Erasure);
        var headers = EventRecords.CloudEvents.Headers(Topics.Erasure, wish.ErasureId, Timestamp.FromDateTimeOffset(wish.RequestedAt));
        return new KafkaRecord(Topics.Erasure, Encoding.UTF8.GetBytes(wish.UserId), value, headers, wish.RequestedAt);
    }
}

internal static partial class PrivacyLog
{
    [LoggerMessage(EventId = 3301, EventName = "ErasureStatusNotKept", Level = LogLevel.Warning,
        Message = "The status of erasure {ErasureId} can't be kept until it is carried out: {Problem}")]
    public static partial void StatusNotKept(ILogger logger, string erasureId, string problem);
}
