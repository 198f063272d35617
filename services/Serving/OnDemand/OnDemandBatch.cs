using Recommender.Hosting.Kafka;
using Recommender.Hosting.Privacy;

namespace Recommender.Serving.OnDemand;

/// <summary>Answers a batch of requests. When it is done every answer is durable, and only then may the offsets be committed.</summary>
internal sealed class OnDemandBatch(
    OnDemandAnswers answers, IRecordProducer producer, UserIds users, OnDemandOptions options, KafkaOptions kafka, TimeProvider time, ILogger<OnDemandBatch> logger)
{
    private readonly AnsweredRequests _answered = new(options.Remembered);

    /// <summary>Answers the requests of a batch that were not answered before, and sets aside what is none.</summary>
    /// <param name="records">The batch.</param>
    /// <param name="stoppingToken">Gives up while Kafka does not take the answers; whoever reads the batch next answers it.</param>
    /// <exception cref="OperationCanceledException">It gave up.</exception>
    public async Task RunAsync(IReadOnlyList<TopicRecord> records, CancellationToken stoppingToken)
    {
        var (asked, pending) = (new List<OnDemandRequest>(records.Count), new List<Pending>(records.Count));
        var inBatch = new HashSet<(string, string)>();
        foreach (var record in records)
        {
            if (ReadSafely(record, out var problem) is not { } request)
            {
                OnDemandMetrics.Count("rejected");
                OnDemandLog.Rejected(logger, record.Position.ToString(), problem);
                pending.Add(new Pending(RejectedTopic.Record(record, problem, "/recommender/serving", time.GetUtcNow()), null));
            }
            else if (_answered.Contains(request) || !inBatch.Add((request.Request.UserId, request.Id)))
            {
                OnDemandMetrics.Count("repeated");
            }
            else
            {
                asked.Add(request);
            }
        }
        var made = new KafkaRecord[asked.Count];
        await Parallel.ForAsync(0, asked.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency },
            async (i, _) => made[i] = await answers.AnswerAsync(asked[i]));
        pending.AddRange(asked.Zip(made, (request, record) => new Pending(record, request)));
        await WriteAsync(pending, stoppingToken);
    }

    private OnDemandRequest? ReadSafely(in TopicRecord record, out string problem)
    {
        try
        {
            return OnDemandRequest.Read(record, users, out problem);
        }
#pragma warning disable CA1031 // Anybody may write to the topic. Whatever a record holds, those behind it must be answered.
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnDemandLog.Unforeseen(logger, e);
            problem = "the record can't be read";
            return null;
        }
    }

    /// <summary>Writes until all is durable.</summary>
    private async Task WriteAsync(List<Pending> pending, CancellationToken stoppingToken)
    {
        for (var isFirst = true; pending.Count > 0; isFirst = false)
        {
            if (!isFirst) await Task.Delay(kafka.RetryDelay, time, stoppingToken);
            var outcomes = await producer.SendBatchAsync([.. pending.Select(p => p.Record)], CancellationToken.None);
            var rest = new List<Pending>();
            for (var i = 0; i < outcomes.Length; i++)
            {
                if (outcomes[i].IsDurable) Note(pending[i]);
                else if (outcomes[i].Error is not RecordRejectedException refused) rest.Add(pending[i]);
                else if (ShorterOf(pending[i], refused) is { } shorter) rest.Add(shorter);
            }
            if (rest.Count > 0) OnDemandLog.Waiting(logger, rest.Count);
            pending = rest;
        }
    }

    private void Note(Pending done)
    {
        if (done.Request is not { } request) return;
        _answered.Add(request);
        OnDemandMetrics.Delivered(time.GetUtcNow() - request.RecordedAt);
    }

    /// <summary>What to write where Kafka will never take a record, such as one that is too large; null when there is nothing left to say.</summary>
    private Pending? ShorterOf(Pending refused, RecordRejectedException why)
    {
        OnDemandLog.NotTaken(logger, why.Message);
        return refused is { Request: { } request, IsShort: false } ? new Pending(answers.Refuse(request, "INTERNAL", "the answer is too large for its topic"), request, IsShort: true) : null;
    }

    private readonly record struct Pending(KafkaRecord Record, OnDemandRequest? Request, bool IsShort = false);
}
