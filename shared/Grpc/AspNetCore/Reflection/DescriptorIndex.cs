using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Reflection;

// Everything that can be asked of the mapped services' descriptors, by name. Made at the first question,
// when all endpoints are mapped.
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _extensions = new(StringComparer.Ordinal);

    public DescriptorIndex(EndpointDataSource endpoints)
        : this(Services(endpoints))
    {
    }

    public DescriptorIndex(IEnumerable<ServiceDescriptor> services)
    {
        foreach (var service in services.OrderBy(service => service.FullName, StringComparer.Ordinal))
        {
            ServiceNames.Add(service.FullName);
            AddFile(service.File);
        }
    }

    public List<string> ServiceNames { get; } = [];

    public FileDescriptor? FileNamed(string name) => _files.GetValueOrDefault(name);

    public FileDescriptor? FileWithSymbol(string symbol) => _symbols.GetValueOrDefault(symbol.TrimStart('.'));

    public FileDescriptor? FileWithExtension(string type, int number) =>
        _extensions.TryGetValue(type, out var numbers) ? numbers.GetValueOrDefault(number) : null;

    // Null: no such type.
    public IReadOnlyCollection<int>? ExtensionNumbers(string type) =>
        _extensions.TryGetValue(type, out var numbers) ? numbers.Keys : null;

    // The file and all it imports, itself first.
    public static IReadOnlyList<FileDescriptor> WithImports(FileDescriptor file)
    {
        List<FileDescriptor> files = [file];
        for (var i = 0; i < files.Count; i++)
            files.AddRange(files[i].Dependencies.Where(import => !files.Contains(import)).ToArray());
        return files;
    }

    private static IEnumerable<ServiceDescriptor> Services(EndpointDataSource endpoints) => endpoints.Endpoints
        .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
        .OfType<Type>()
        .Distinct()
        .Select(type => type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)?.BindType)
        .Select(type => type?.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
        .OfType<ServiceDescriptor>();

    private void AddFile(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
            return;
        foreach (var import in file.Dependencies)
            AddFile(import);
        foreach (var service in file.Services)
        {
            Add(service);
            foreach (var method in service.Methods)
                Add(method);
        }
        foreach (var message in file.MessageTypes)
            AddMessage(message);
        foreach (var type in file.EnumTypes)
            AddEnum(type);
        foreach (var extension in file.Extensions.UnorderedExtensions)
            AddExtension(extension);
    }

    private void AddMessage(MessageDescriptor message)
    {
        Add(message);
        _extensions.TryAdd(message.FullName, []);
        foreach (var field in message.Fields.InDeclarationOrder())
            Add(field);
        foreach (var oneof in message.Oneofs)
            Add(oneof);
        foreach (var nested in message.NestedTypes)
            AddMessage(nested);
        foreach (var type in message.EnumTypes)
            AddEnum(type);
        foreach (var extension in message.Extensions.UnorderedExtensions)
            AddExtension(extension);
    }

    private void AddEnum(EnumDescriptor type)
    {
        Add(type);
        foreach (var value in type.Values)
            Add(value);
    }

    private void AddExtension(FieldDescriptor extension)
    {
        Add(extension);
        var extended = extension.ExtendeeType.FullName;
        if (!_extensions.TryGetValue(extended, out var numbers))
            _extensions[extended] = numbers = [];
        numbers[extension.FieldNumber] = extension.File;
    }

    private void Add(IDescriptor descriptor) => _symbols.TryAdd(descriptor.FullName, descriptor.File);
}
