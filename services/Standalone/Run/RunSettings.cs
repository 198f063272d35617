namespace Recommender.Standalone.Run;

/// <summary>What <c>recommender run</c> was asked for.</summary>
/// <param name="GrpcPort">Port of gRPC; 0 takes a free one, here and below.</param>
/// <param name="HttpPort">Port of health and metrics.</param>
/// <param name="KafkaPort">Port of the embedded Kafka's bootstrap address.</param>
/// <param name="RedisPort">Port of the embedded Redis.</param>
/// <param name="DataPath">Folder of everything that lasts.</param>
/// <param name="IsEmpty">Play no audience.</param>
internal sealed record RunSettings(int GrpcPort, int HttpPort, int KafkaPort, int RedisPort, string DataPath, bool IsEmpty);
