using System.Globalization;
using Recommender.Standalone.Cli;
using Recommender.V1;

namespace Recommender.Standalone.Import.Formats;

/// <summary>
/// Ratings as MovieLens and RecBole have them: user, item, rating, timestamp, with or without a header. A rating means that the item was
/// watched; from 4 on it is also a like, up to 2 also a not-interested. A file whose header has no user column describes the items.
/// The mapping is in docs/import.md.
/// </summary>
internal sealed class MovieLensParser(EventFactory events) : ILineParser
{
    private const double LikeFrom = 4;
    private const double NotInterestedUpTo = 2;
    private TableHeader? _header;
    private int _user, _item, _rating, _time, _title, _genres, _year;

    /// <inheritdoc/>
    public void Parse(ReadOnlySpan<byte> line, IImportSink sink)
    {
        var text = TextLine.Decode(line);
        if (_header is null && ReadHeader(text)) return;
        var row = _header!.Split(text);
        if (_user < 0) ParseItem(row, sink);
        else ParseRating(row, sink);
    }

    private void ParseRating(string[] row, IImportSink sink)
    {
        var user = FieldText.Id(row[_user], "user");
        var item = FieldText.Id(row[_item], "item");
        var rating = FieldText.Number(row[_rating], "rating");
        var at = FieldText.UnixSeconds(row[_time], "timestamp");
        sink.Add(events.Create(EventType.View, user, item, at));
        if (rating >= LikeFrom) sink.Add(events.Create(EventType.Like, user, item, at));
        else if (rating <= NotInterestedUpTo) sink.Add(events.Create(EventType.NotInterested, user, item, at));
    }

    private void ParseItem(string[] row, IImportSink sink)
    {
        var video = new Video { VideoId = events.Id(FieldText.Id(row[_item], "item")) };
        if (_title >= 0) video.Title = row[_title].Trim();
        if (_genres >= 0) video.Tags.Add(SplitGenres(row[_genres]));
        if (_year >= 0 && row[_year].Trim() is { Length: > 0 } year) video.Attributes["release_year"] = year;
        sink.Add(video);
    }

    private static IEnumerable<string> SplitGenres(string genres)
    {
        // RecBole separates them by spaces, MovieLens itself by bars.
        var separator = genres.Contains('|', StringComparison.Ordinal) ? '|' : ' ';
        if (genres.StartsWith("(no ", StringComparison.Ordinal)) return [];
        return genres.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal);
    }

    /// <summary>Takes the first line for a header unless it is already a rating; false when it must be read as one.</summary>
    private bool ReadHeader(string line)
    {
        var separator = TextLine.SeparatorOf(line);
        var fields = TextLine.Split(line, separator);
        var isRating = fields.Length == 4 && IsNumber(fields[2]) && IsNumber(fields[3]);
        var header = isRating ? TableHeader.Assume(separator, "user_id", "item_id", "rating", "timestamp") : new TableHeader(line);
        (_user, _item) = (header.IndexOf("user_id", "userid", "user"), header.IndexOf("item_id", "itemid", "movie_id", "movieid", "item"));
        (_rating, _time) = (header.IndexOf("rating"), header.IndexOf("timestamp"));
        (_title, _genres, _year) = (header.IndexOf("title", "movie_title"), header.IndexOf("genres", "genre", "class"), header.IndexOf("release_year", "year"));
        if (_item < 0 || (_user >= 0 && (_rating < 0 || _time < 0)) || (_user < 0 && _title < 0 && _genres < 0))
            throw CommandFailure.Usage("Its first line is neither a rating (user, item, rating, timestamp) nor a header with these columns, nor that of an item file (item, title, genres).");
        _header = header;
        return !isRating;
    }

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
