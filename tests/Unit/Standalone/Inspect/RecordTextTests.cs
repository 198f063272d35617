using System.Text;
using Confluent.Kafka;
using Recommender.Standalone.Inspect;

namespace Recommender.Tests.Unit.Standalone.Inspect;

public sealed class RecordTextTests
{
    private static ConsumeResult<byte[], byte[]> Record(byte[]? value) => new()
    {
        TopicPartitionOffset = new TopicPartitionOffset("t", 3, 17),
        Message = new Message<byte[], byte[]>
        {
            Key = "k"u8.ToArray(),
            Value = value!,
            Timestamp = new Timestamp(new DateTime(2026, 11, 22, 8, 30, 0, DateTimeKind.Utc)),
            Headers = new Headers { { "ce_id", "e1"u8.ToArray() } },
        },
    };

    [Fact]
    public void The_value_alone_is_one_line() => Assert.Equal("{\"a\": 1}", RecordText.Value(Record(Encoding.UTF8.GetBytes("{\"a\":\n1}"))));

    [Fact]
    public void A_deletion_is_null() => Assert.Equal("null", RecordText.Value(Record(null)));

    [Fact]
    public void The_whole_record_is_one_object() => Assert.Equal(
        """{"partition":3,"offset":17,"timestamp":"2026-11-22T08:30:00Z","key":"k","headers":{"ce_id":"e1"},"value":{"a":"ö"}}""",
        RecordText.Whole(Record(Encoding.UTF8.GetBytes("""{"a": "ö"}"""))));

    [Fact]
    public void A_value_that_is_no_json_appears_as_text() => Assert.EndsWith("\"value\":\"plain\"}", RecordText.Whole(Record("plain"u8.ToArray())), StringComparison.Ordinal);

    [Theory]
    [InlineData("view", "recommender.view.v1")]
    [InlineData("recommender.like.v1", "recommender.like.v1")]
    [InlineData("other", "other")]
    public void Short_names_stand_for_the_products_topics(string name, string full) => Assert.Equal(full, TopicNames.Resolve(name));
}
