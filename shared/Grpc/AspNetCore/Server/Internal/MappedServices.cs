namespace Grpc.AspNetCore.Server.Internal;

// Which services an application maps.
internal sealed class MappedServices
{
    private readonly HashSet<string> _names = [];
    private bool _catchAll;

    public bool TryAdd(string name) => _names.Add(name);

    public bool TryAddCatchAll() => !_catchAll && (_catchAll = true);
}
