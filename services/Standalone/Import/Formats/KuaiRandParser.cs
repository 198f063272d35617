using Google.Protobuf.WellKnownTypes;
using Recommender.Standalone.Cli;
using Recommender.V1;

namespace Recommender.Standalone.Import.Formats;

/// <summary>
/// KuaiRand's interaction log. A row is one video on one viewer's screen: a view with its watch time (or a skip, when nothing was
/// played and nothing else happened), and up to four kinds of feedback at the same moment. The mapping is in docs/import.md.
/// </summary>
internal sealed class KuaiRandParser(EventFactory events) : ILineParser
{
    private readonly Dictionary<string, long> _durations = new(StringComparer.Ordinal);
    private TableHeader? _header;
    private int _user, _video, _timeMs, _time, _playTime, _duration, _label, _like, _hate, _forward, _follow;

    /// <inheritdoc/>
    public void Parse(ReadOnlySpan<byte> line, IImportSink sink)
    {
        var text = TextLine.Decode(line);
        if (_header is null)
        {
            ReadHeader(text);
            return;
        }
        var row = _header.Split(text);
        var user = FieldText.Id(row[_user], "user_id");
        var video = FieldText.Id(row[_video], "video_id");
        var at = _timeMs >= 0 ? FieldText.UnixMilliseconds(row[_timeMs], "time_ms") : FieldText.DateTime(row[_time], "timestamp");
        var played = FieldText.Milliseconds(row[_playTime], "play_time_ms");
        if (played < 0) throw new FormatException($"play_time_ms is '{row[_playTime]}'; it can't be negative");
        var duration = _duration < 0 ? 0 : FieldText.Milliseconds(row[_duration], "duration_ms");
        var feedback = Feedback(row);

        if (duration > 0 && (!_durations.TryGetValue(video, out var known) || known != duration))
        {
            _durations[video] = duration;
            sink.Add(new Video { VideoId = events.Id(video), Duration = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(duration)) });
        }
        if (played > 0)
        {
            var view = events.Create(EventType.View, user, video, at);
            view.WatchTime = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(played));
            sink.Add(view);
        }
        else if (feedback.Count == 0)
        {
            sink.Add(events.Create(EventType.Skip, user, video, at));
        }
        foreach (var type in feedback) sink.Add(events.Create(type, user, video, at));
    }

    private List<EventType> Feedback(string[] row)
    {
        var types = new List<EventType>(4);
        var label = _label >= 0 ? row[_label].Trim() : "";
        if (label is not ("" or "0" or "1" or "0.0" or "1.0")) throw new FormatException($"label is '{label}'; 1 (like) or 0 (hate) is expected");
        if (label is "1" or "1.0" || Flag(_like, "is_like")) types.Add(EventType.Like);
        if (label is "0" or "0.0" || Flag(_hate, "is_hate")) types.Add(EventType.NotInterested);
        if (Flag(_forward, "is_forward")) types.Add(EventType.Share);
        if (Flag(_follow, "is_follow")) types.Add(EventType.Follow);
        return types;

        bool Flag(int column, string name) => column >= 0 && FieldText.Flag(row[column], name);
    }

    private void ReadHeader(string line)
    {
        var header = new TableHeader(line);
        (_user, _video, _playTime) = (header.IndexOf("user_id"), header.IndexOf("video_id"), header.IndexOf("play_time_ms"));
        (_timeMs, _time, _duration) = (header.IndexOf("time_ms"), header.IndexOf("timestamp"), header.IndexOf("duration_ms"));
        (_label, _like, _hate) = (header.IndexOf("label"), header.IndexOf("is_like"), header.IndexOf("is_hate"));
        (_forward, _follow) = (header.IndexOf("is_forward"), header.IndexOf("is_follow"));
        if (_user < 0 || _video < 0 || _playTime < 0 || (_timeMs < 0 && _time < 0))
            throw CommandFailure.Usage("Its first line is no header of a KuaiRand log: it must name user_id, video_id, play_time_ms, and time_ms or timestamp.");
        _header = header;
    }
}
