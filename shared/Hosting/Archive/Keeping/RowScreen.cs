using System.Text.Json;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>Finds the rows of viewers who asked to be forgotten. Not safe for concurrent use.</summary>
/// <param name="wishes">Who asked, and when.</param>
public sealed class RowScreen(ErasureTable wishes)
{
    private char[] _user = new char[256];

    /// <summary>
    /// Whether the row is a forgotten viewer's: of what happened, was received or was shown until the wish. A row without a time is, too; a row
    /// that is not JSON is nobody's.
    /// </summary>
    public bool IsForgotten(ReadOnlySpan<byte> row)
    {
        if (wishes.IsEmpty) return false;
        try
        {
            return IsForgottenCore(row);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // the latter: a name or a text that is no Unicode
        }
    }

    private bool IsForgottenCore(ReadOnlySpan<byte> row)
    {
        var reader = new Utf8JsonReader(row);
        var requested = long.MinValue;
        var earliest = long.MaxValue;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUser = reader.ValueTextEquals("user_id"u8);
            var isTime = !isUser && (reader.ValueTextEquals("occurred_at"u8) || reader.ValueTextEquals("received_at"u8) || reader.ValueTextEquals("shown_at"u8));
            reader.Read();
            if (isUser && reader.TokenType == JsonTokenType.String)
            {
                requested = RequestOf(ref reader);
                if (requested == long.MinValue) return false;
            }
            else if (isTime && reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var at))
            {
                earliest = Math.Min(earliest, at.ToUnixTimeMilliseconds());
            }
            else reader.Skip();
        }
        return requested > long.MinValue && (earliest <= requested || earliest == long.MaxValue);
    }

    private long RequestOf(ref Utf8JsonReader reader)
    {
        var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (_user.Length < length) _user = new char[length];
        return wishes.RequestOf(_user.AsSpan(0, reader.CopyString(_user)));
    }
}
