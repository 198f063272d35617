using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Kafka;
using Recommender.Standalone.Embedded;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Kafka;

/// <summary>Clients that know nothing of us begin at the fixed port and read what we wrote.</summary>
public sealed class ForeignClientTests : IClassFixture<EmbeddedKafkaFixture>, IAsyncLifetime
{
    private const string Reader = """
        import sys
        from confluent_kafka import Consumer
        bootstrap, topic, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
        consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "python", "auto.offset.reset": "earliest", "enable.auto.commit": False})
        consumer.subscribe([topic])
        seen = 0
        while seen < wanted:
            message = consumer.poll(30)
            if message is None:
                sys.exit("nothing arrived")
            if message.error():
                sys.exit(str(message.error()))
            headers = {name: value.decode() for name, value in message.headers()}
            print(message.key().decode(), message.value().decode(), message.partition(), message.offset(), headers["ce_id"])
            seen += 1
        consumer.close()
        """;

    private readonly EmbeddedKafkaFixture _kafka;
    private readonly BootstrapForwarder _forwarder;
    private readonly KafkaHealth _health;
    private readonly RecordProducer _producer;

    public ForeignClientTests(EmbeddedKafkaFixture kafka)
    {
        _kafka = kafka;
        _forwarder = new BootstrapForwarder(0, kafka.Broker.EndPoint);
        _forwarder.Begin();
        _health = new KafkaHealth(kafka.Options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        _producer = new RecordProducer(kafka.Options, _health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);
    }

    private string FixedBootstrap => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_forwarder.Port}");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _producer.DisposeAsync();
        await _health.DisposeAsync();
        await _forwarder.DisposeAsync();
    }

    [Fact]
    public async Task Kcat_reads_a_topic_through_the_fixed_port()
    {
        var kcat = Tool.Require("kcat", "kcat");
        var topic = _kafka.NewTopic();
        var positions = await WriteAsync(topic, 50);

        var (code, output, errors) = await Tool.RunAsync(kcat, ["-b", FixedBootstrap, "-C", "-t", topic, "-e", "-q", "-f", "%k %s %p %o %h\n"]);

        Assert.True(code == 0, errors);
        var expected = positions.Select((p, i) => $"user-{i} value-{i} {p.Partition} {p.Offset} ce_id=id-{i}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_python_consumer_group_reads_a_topic_through_the_fixed_port()
    {
        var python = await Tool.RequirePythonAsync("confluent_kafka", "python3-confluent-kafka");
        var topic = _kafka.NewTopic();
        var positions = await WriteAsync(topic, 50);

        var (code, output, errors) = await Tool.RunAsync(python, ["-c", Reader, FixedBootstrap, topic, "50"]);

        Assert.True(code == 0, errors);
        var expected = positions.Select((p, i) => $"user-{i} value-{i} {p.Partition} {p.Offset} id-{i}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_kcat_writes_with_the_same_partitioner_lands_in_the_same_partition()
    {
        var kcat = Tool.Require("kcat", "kcat");
        var topic = _kafka.NewTopic();
        var ours = await WriteAsync(topic, 20);
        var lines = string.Concat(Enumerable.Range(0, 20).Select(i => $"user-{i}|theirs\n"));

        var (code, _, errors) = await Tool.RunAsync(
            kcat, ["-b", FixedBootstrap, "-P", "-t", topic, "-K", "|", "-X", "partitioner=murmur2_random"], lines);

        Assert.True(code == 0, errors);
        var theirs = LogReader.ReadToEnd(_kafka.Bootstrap, topic).Where(r => Encoding.UTF8.GetString(r.Value!) == "theirs").ToList();
        Assert.Equal(20, theirs.Count);
        Assert.All(theirs, r => Assert.Equal(ours[int.Parse(Encoding.UTF8.GetString(r.Key)[5..], CultureInfo.InvariantCulture)].Partition, r.Position.Partition));
    }

    [Fact]
    public async Task Our_own_clients_can_begin_at_the_fixed_port_and_do_not_stay_there()
    {
        var topic = _kafka.NewTopic();
        var options = _kafka.Options with { BootstrapServers = FixedBootstrap };
        await using var health = new KafkaHealth(options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        await using var producer = new RecordProducer(options, health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);
        await producer.ProduceAsync(new KafkaRecord(topic, "u"u8.ToArray(), [1]), TestContext.Current.CancellationToken);

        await _forwarder.DisposeAsync();

        var second = await producer.ProduceAsync(new KafkaRecord(topic, "u"u8.ToArray(), [1]), TestContext.Current.CancellationToken);
        Assert.Equal(1, second.Offset);
    }

    private async Task<List<RecordPosition>> WriteAsync(string topic, int count)
    {
        var positions = new List<RecordPosition>();
        for (var i = 0; i < count; i++)
        {
            Headers headers = [new Header("ce_id", Encoding.UTF8.GetBytes($"id-{i}"))];
            positions.Add(await _producer.ProduceAsync(
                new KafkaRecord(topic, Encoding.UTF8.GetBytes($"user-{i}"), Encoding.UTF8.GetBytes($"value-{i}"), headers),
                TestContext.Current.CancellationToken));
        }

        return positions;
    }
}
