using System.Text.Json.Serialization;

namespace Recommender.Serving.Model;

/// <summary>JSON of the lines of a model's <c>item_ids.jsonl</c>.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class ModelFileJson : JsonSerializerContext;
