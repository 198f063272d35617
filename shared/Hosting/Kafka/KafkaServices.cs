using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Recommender.Hosting.Kafka;

/// <summary>Registers what this folder offers.</summary>
public static class KafkaServices
{
    /// <summary>
    /// Adds <see cref="KafkaHealth"/>, <see cref="KafkaTopics"/>, <see cref="EventPartitions"/>, <see cref="IRecordProducer"/> and, unless another is registered,
    /// <see cref="NoPacer"/> and <see cref="NoJournal"/>, one of each per process, and sees to it that the product's topics exist. Needs <see cref="KafkaOptions"/> and a <see cref="TimeProvider"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddKafka(this IServiceCollection services)
    {
        services.TryAddSingleton<KafkaHealth>();
        services.TryAddSingleton<KafkaTopics>();
        services.TryAddSingleton<EventPartitions>();
        services.TryAddSingleton<IProducePacer>(NoPacer.Instance);
        services.TryAddSingleton<IRecordJournal>(NoJournal.Instance);
        services.TryAddSingleton<IRecordProducer, RecordProducer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TopicsSetup>());
        return services;
    }
}
