using System.Globalization;
using Recommender.Serving.Catalog;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Viewers;

/// <summary>Notes whom the viewer follows and mutes, and what the request says of language, country and age.</summary>
[Stage(15)]
internal sealed class AudienceHydrator(VideoCatalog catalog) : IQueryHydrator
{
    public ValueTask HydrateAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        var (request, scratch) = (query.Request, query.Scratch);
        foreach (var author in request.FollowedAuthorIds) scratch.Followed.Add(author);
        foreach (var author in request.MutedAuthorIds) scratch.Muted.Add(author);
        foreach (ref readonly var decision in query.State.Muted.Decisions)
            if (decision.Holds) scratch.Muted.Add(decision.AuthorId);
        foreach (ref readonly var decision in query.State.Followed.Decisions)
            if (decision.Holds) scratch.Followed.Add(decision.AuthorId);
        foreach (var interaction in query.State.Recent)
        {
            if (interaction.Type != EventType.Follow || !catalog.TryFind(interaction.VideoId, out var video) || video.AuthorId.Length == 0) continue;
            if (!query.State.Followed.IsTakenBack(video.AuthorId, interaction.OccurredAtMs)) scratch.Followed.Add(video.AuthorId);
        }
        // Who is both was muted more deliberately.
        scratch.Followed.ExceptWith(scratch.Muted);
        if (request.Context.Count == 0) return ValueTask.CompletedTask;
        if (request.Context.TryGetValue("language", out var languages))
            foreach (var language in languages.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) scratch.Languages.Add(TraitReader.LanguageOf(language));
        if (request.Context.TryGetValue("country", out var country)) query.Country = country.Trim().ToUpperInvariant();
        if (request.Context.TryGetValue("age", out var age) && int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out var years)) query.Age = years;
        return ValueTask.CompletedTask;
    }
}
