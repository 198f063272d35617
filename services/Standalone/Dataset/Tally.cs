namespace Recommender.Standalone.Dataset;

/// <summary>What a viewer did so far, or what was done with a video.</summary>
internal record struct Tally
{
    /// <summary>View events.</summary>
    public long Views { get; set; }

    /// <summary>Like events.</summary>
    public long Likes { get; set; }

    /// <summary>Unlike events.</summary>
    public long Unlikes { get; set; }

    /// <summary>Share events.</summary>
    public long Shares { get; set; }

    /// <summary>Skip events.</summary>
    public long Skips { get; set; }

    /// <summary>Not-interested events.</summary>
    public long NotInterested { get; set; }

    /// <summary>Follow events.</summary>
    public long Follows { get; set; }

    /// <summary>Milliseconds watched, of the views that say so.</summary>
    public long WatchedMs { get; set; }

    /// <summary>Impressions.</summary>
    public long Impressions { get; set; }

    /// <summary>When the newest of these events happened, Unix milliseconds; 0: there is none.</summary>
    public long LastAtMs { get; set; }

    /// <summary>Adds an event.</summary>
    public void Add(in KnownEvent e)
    {
        switch (e.Type)
        {
            case V1.EventType.View: (Views, WatchedMs) = (Views + 1, WatchedMs + e.WatchedMs); break;
            case V1.EventType.Like: Likes++; break;
            case V1.EventType.Unlike: Unlikes++; break;
            case V1.EventType.Share: Shares++; break;
            case V1.EventType.Skip: Skips++; break;
            case V1.EventType.NotInterested: NotInterested++; break;
            case V1.EventType.Follow: Follows++; break;
            default: Impressions++; break;
        }
        LastAtMs = Math.Max(LastAtMs, e.AtMs);
    }
}

/// <summary>An event, or an impression (its type is unspecified), with the time from which on it was known.</summary>
/// <param name="User">Number of the viewer.</param>
/// <param name="Video">Number of the video.</param>
/// <param name="Type">What happened; unspecified: the video was shown.</param>
/// <param name="AtMs">When it happened, Unix milliseconds.</param>
/// <param name="KnownMs">When it happened or the door took it, whichever is later: nobody could use it before.</param>
/// <param name="WatchedMs">Milliseconds watched; 0 when the event does not say.</param>
internal readonly record struct KnownEvent(int User, int Video, V1.EventType Type, long AtMs, long KnownMs, long WatchedMs);
