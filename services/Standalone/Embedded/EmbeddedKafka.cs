using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace Recommender.Standalone.Embedded;

/// <summary>
/// A Kafka broker inside this process, on 127.0.0.1: the true wire protocol, so that every Kafka client can use it, but nothing on disk
/// and not more than the newest 5 MiB of each partition (see <see cref="EmbeddedBrokerPacer"/>). For one machine and for tests.
/// </summary>
public sealed class EmbeddedKafka : IDisposable
{
    private const int BrokerId = 1;
    private readonly Lock _lock = new();
    private nint _handle;
    private nint _cluster;

    /// <summary>Starts a broker on a port that the system chooses, without topics.</summary>
    /// <exception cref="EmbeddedStartException">The native library could not start it.</exception>
    public unsafe EmbeddedKafka()
    {
        const int ErrorSize = 512;
        var error = stackalloc byte[ErrorSize];
        var conf = MockNative.ConfNew();
        // What the emulation logs repeats what its clients say.
        _ = MockNative.ConfSet(conf, "log_level", "2", error, ErrorSize);
        _handle = MockNative.New(MockNative.TypeProducer, conf, error, ErrorSize);
        if (_handle == 0)
            throw new EmbeddedStartException($"The embedded Kafka broker could not start: {Marshal.PtrToStringUTF8((nint)error)}");

        _cluster = MockNative.ClusterNew(_handle, 1);
        if (_cluster == 0)
        {
            MockNative.Destroy(_handle);
            throw new EmbeddedStartException("The embedded Kafka broker could not start: no port of 127.0.0.1 could be opened.");
        }

        // Questions about the cluster go to its controller; without one they would wait for ever.
        MockNative.SetControllerId(_cluster, BrokerId);
        // The default holds a new group back for three seconds, in case more members come.
        MockNative.GroupInitialRebalanceDelay(_cluster, 50);
        Bootstrap = Marshal.PtrToStringUTF8(MockNative.ClusterBootstraps(_cluster))!;
    }

    /// <summary>The broker's address, <c>127.0.0.1:port</c>; another one at each start.</summary>
    public string Bootstrap { get; }

    /// <summary>The same address for sockets.</summary>
    public IPEndPoint EndPoint => IPEndPoint.Parse(Bootstrap);

    /// <summary>Creates a topic.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="partitions">How many partitions it has.</param>
    /// <exception cref="InvalidOperationException">It exists, or the broker has stopped.</exception>
    public void CreateTopic(string name, int partitions) =>
        Do(cluster => MockNative.TopicCreate(cluster, name, partitions, 1), $"create topic {name}");

    /// <summary>Deletes a topic and its records. For tests.</summary>
    /// <param name="name">Its name.</param>
    public void DeleteTopic(string name) => Do(cluster => MockNative.TopicDelete(cluster, name), $"delete topic {name}");

    /// <summary>Closes all connections and takes none until <see cref="SetUp"/>; keeps the records. For tests.</summary>
    public void SetDown() => Do(cluster => MockNative.BrokerSetDown(cluster, BrokerId), "stop the broker");

    /// <summary>Takes connections again, on the same port. For tests.</summary>
    public void SetUp() => Do(cluster => MockNative.BrokerSetUp(cluster, BrokerId), "start the broker");

    /// <summary>Lets the broker take its time for each answer. For tests.</summary>
    /// <param name="time">How long an answer takes.</param>
    public void SetSlow(TimeSpan time) => Do(cluster => MockNative.BrokerSetRtt(cluster, BrokerId, (int)time.TotalMilliseconds), "slow the broker down");

    /// <summary>Lets the broker answer the next requests of one kind with errors. For tests.</summary>
    /// <param name="apiKey">The kind of request: its number in the Kafka protocol.</param>
    /// <param name="errors">Error codes of the Kafka protocol, one for each request.</param>
    public unsafe void FailNext(short apiKey, params int[] errors) => Do(
        cluster =>
        {
            fixed (int* first = errors)
                MockNative.PushRequestErrors(cluster, apiKey, (nuint)errors.Length, first);

            return 0;
        },
        "plan errors");

    /// <summary>Stops the broker; its records are gone.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_cluster != 0)
                MockNative.ClusterDestroy(_cluster);

            if (_handle != 0)
                MockNative.Destroy(_handle);

            _cluster = 0;
            _handle = 0;
        }
    }

    private void Do(Func<nint, int> action, string what)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            var code = action(_cluster);
            if (code != 0)
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The embedded broker could not {what} (error {code})."));
        }
    }
}
