using System.Text;
using Recommender.Hosting.Errors;

namespace Recommender.Training;

/// <summary>
/// Pages through a list that is ordered by descending key. A token is opaque to callers and names the last key of its page, so that
/// new entries neither repeat nor hide others.
/// </summary>
internal static class PageTokens
{
    private const int MaxPageSize = 1000;
    private const int DefaultPageSize = 50;
    private const string Mark = "1:";

    /// <summary>One page and the token of the next one; empty when there is none.</summary>
    /// <param name="descending">Everything, by descending key.</param>
    /// <param name="key">The key of an entry; ordinal order.</param>
    /// <param name="pageSize">The request's page_size: 1 to 1000, 0 for 50.</param>
    /// <param name="pageToken">The request's page_token; empty for the first page.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: a page size out of range, or a token that no page gave out.</exception>
    public static (IReadOnlyList<T> Page, string NextToken) Cut<T>(IEnumerable<T> descending, Func<T, string> key, int pageSize, string pageToken)
    {
        FieldRules.ThrowIfAny(FieldRules.Count("page_size", pageSize, MaxPageSize));
        var size = pageSize == 0 ? DefaultPageSize : pageSize;
        var rest = descending;
        if (pageToken.Length > 0)
        {
            var last = Decode(pageToken) ?? throw GrpcErrors.InvalidArgument("page_token", "is not a token that this service gave out");
            rest = descending.Where(entry => string.CompareOrdinal(key(entry), last) < 0);
        }
        var page = rest.Take(size + 1).ToArray();
        return page.Length <= size ? (page, "") : (page[..size], Encode(key(page[size - 1])));
    }

    private static string Encode(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Mark + key));

    private static string? Decode(string token)
    {
        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length)) return null;
        var text = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        return text.StartsWith(Mark, StringComparison.Ordinal) && text.Length > Mark.Length && Encode(text[Mark.Length..]) == token ? text[Mark.Length..] : null;
    }
}
