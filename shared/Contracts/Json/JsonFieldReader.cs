using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Recommender.Contracts.Json;

/// <summary>Reads the fields of one flat JSON object in order; every error is a <see cref="FormatException"/> that names the field.</summary>
internal ref struct JsonFieldReader
{
    private Utf8JsonReader _reader;
    private string _field = "";
    private bool _started;

    public JsonFieldReader(ReadOnlySpan<byte> utf8) => _reader = new Utf8JsonReader(utf8);

    /// <summary>Moves to the next field that has a value; false at the end of the object. Many programs write null for what is not there.</summary>
    public bool NextField(out string name)
    {
        while (Next(out name))
            if (_reader.TokenType != JsonTokenType.Null) return true;
        return false;
    }

    private bool Next(out string name)
    {
        try
        {
            if (!_started)
            {
                _started = true;
                if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject) throw new FormatException("the record is not a JSON object");
            }
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.EndObject)
            {
                if (_reader.Read()) throw new FormatException("text follows the JSON object");
                name = "";
                return false;
            }
            name = _field = KnownNames.Find(_reader) ?? _reader.GetString()!;
            _reader.Read();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException("the record is not valid JSON", e);
        }
    }

    public string Text() => _reader.TokenType switch
    {
        JsonTokenType.String => Decode(),
        JsonTokenType.Null => "",
        _ => throw Wrong("a string"),
    };

    /// <summary>As <see cref="Text"/>, as UTF-8: a part of the JSON where it is written without escapes.</summary>
    public ReadOnlySpan<byte> Utf8Text() =>
        _reader.TokenType == JsonTokenType.String && !_reader.ValueIsEscaped && Utf8.IsValid(_reader.ValueSpan) ? _reader.ValueSpan : Encoding.UTF8.GetBytes(Text());

    /// <summary>As <see cref="Text"/>, for texts that are mostly one of few.</summary>
    public string Name() => _reader.TokenType == JsonTokenType.String && KnownNames.Find(_reader) is { } name ? name : Text();

    public Timestamp Time() => Timestamp.FromDateTimeOffset(UtcTime());

    /// <summary>As <see cref="Time"/>.</summary>
    public DateTimeOffset UtcTime() =>
        TryReadUtc(out var utc) ? utc : JsonTime.TryParse(Text(), out var time) ? time.ToDateTimeOffset() : throw Wrong("an RFC 3339 time");

    public int Int32() => _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt32(out var value) ? value : throw Wrong("a 32-bit whole number");

    public long Int64() => _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out var value) ? value : throw Wrong("a whole number");

    public bool Boolean() => _reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Wrong("true or false"),
    };

    public double Number() => _reader.TokenType == JsonTokenType.Number && _reader.TryGetDouble(out var value) ? value : throw Wrong("a number");

    /// <summary>A duration in whole milliseconds, within the range of a protobuf duration.</summary>
    public TimeSpan Milliseconds()
    {
        var value = Int64();
        return value is >= -315_576_000_000_000 and <= 315_576_000_000_000 ? TimeSpan.FromMilliseconds(value) : throw Wrong("a duration in milliseconds below 10,000 years");
    }

    public void Map(MapField<string, string> map)
    {
        if (_reader.TokenType != JsonTokenType.StartObject) throw Wrong("an object of strings");
        try
        {
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = Decode();
                _reader.Read();
                map[key] = Text();
            }
        }
        catch (JsonException e)
        {
            throw new FormatException("the record is not valid JSON", e);
        }
    }

    /// <summary>Passes over what <see cref="Map"/> would read.</summary>
    public void SkipMap()
    {
        if (_reader.TokenType != JsonTokenType.StartObject) throw Wrong("an object of strings");
        try
        {
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                if (_reader.ValueIsEscaped || !Utf8.IsValid(_reader.ValueSpan)) Decode();
                _reader.Read();
                Utf8Text();
            }
        }
        catch (JsonException e)
        {
            throw new FormatException("the record is not valid JSON", e);
        }
    }

    public void List(RepeatedField<string> list)
    {
        if (_reader.TokenType != JsonTokenType.StartArray) throw Wrong("an array of strings");
        try
        {
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray) list.Add(Text());
        }
        catch (JsonException e)
        {
            throw new FormatException("the record is not valid JSON", e);
        }
    }

    public void Skip()
    {
        try
        {
            _reader.Skip();
        }
        catch (JsonException e)
        {
            throw new FormatException("the record is not valid JSON", e);
        }
    }

    /// <summary>Goes on behind a field that could not be read.</summary>
    /// <param name="error">Why it could not.</param>
    /// <returns>False when what follows can't be read either: it is no JSON.</returns>
    public bool TryLeaveField(FormatException error)
    {
        if (error.InnerException is JsonException) return false;
        try
        {
            _reader.Skip();
            while (_reader.CurrentDepth > 1 && _reader.Read()) _reader.Skip();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The form that this product writes, read without a string in between.</summary>
    private readonly bool TryReadUtc(out DateTimeOffset time)
    {
        time = default;
        return _reader.TokenType == JsonTokenType.String && _reader.ValueSpan is [.., (byte)'Z'] && _reader.TryGetDateTimeOffset(out time);
    }

    private readonly string Decode()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"{_field} is not valid UTF-8", e);
        }
    }

    private readonly FormatException Wrong(string expected) => new($"{_field} must be {expected}");
}
