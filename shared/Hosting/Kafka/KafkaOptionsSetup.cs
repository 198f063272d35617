using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Kafka;

/// <summary>Binds how a service reaches Kafka.</summary>
public static class KafkaOptionsSetup
{
    /// <summary>
    /// Binds, validates and registers <see cref="KafkaOptions"/>. Where there are further settings or files for TLS, of which only the client can tell
    /// whether they are good, one is made with them at once: later, in the background, a bad one would end the process.
    /// </summary>
    /// <exception cref="OptionsException">A setting is wrong.</exception>
    public static void AddKafkaOptions(this IHostApplicationBuilder builder)
    {
        var options = builder.AddOptionsRecord<KafkaOptions>();
        if (options.Settings.Length == 0 && !options.SecurityProtocol.EndsWith("ssl", StringComparison.OrdinalIgnoreCase)) return;
        try
        {
            new ProducerBuilder<Null, Null>(KafkaConfigs.Producer(options)).SetLogHandler((_, _) => { }).Build().Dispose();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            // Values may be secrets, so the client's reason must do; it names the property.
            throw new OptionsException($"{KafkaOptions.Section}: no client can be made with SecurityProtocol, SslCaLocation and Settings as they are: {e.Message}.", e);
        }
    }
}
