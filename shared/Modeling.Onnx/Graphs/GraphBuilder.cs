using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Recommender.Modeling.Onnx.Protos;
using static Recommender.Modeling.Onnx.Protos.AttributeProto.Types;
using static Recommender.Modeling.Onnx.Protos.TensorProto.Types;

namespace Recommender.Modeling.Onnx.Graphs;

/// <summary>
/// Writes an ONNX graph node by node (operator set 17). Values are known by name; each method adds one node and returns the name of what it
/// gives. Shapes are written as numbers, or as names where the size is known only when the graph runs.
/// </summary>
internal sealed class GraphBuilder
{
    private const int IrVersion = 8;
    private const int OperatorSet = 17;

    private readonly GraphProto _graph;
    private readonly Counter _names;

    /// <summary>An empty graph.</summary>
    public GraphBuilder(string name)
        : this(name, new Counter())
    {
    }

    private GraphBuilder(string name, Counter names) => (_graph, _names) = (new GraphProto { Name = name }, names);

    /// <summary>An empty graph for the body of a loop in this one, whose values it sees.</summary>
    public GraphBuilder Body(string name) => new(name, _names);

    /// <summary>Declares an input.</summary>
    public string Input(string name, DataType type, params ReadOnlySpan<string> shape)
    {
        _graph.Input.Add(Declare(name, type, shape));
        return name;
    }

    /// <summary>Declares that <paramref name="value"/> is an output of the graph.</summary>
    public void Output(string value, DataType type, params ReadOnlySpan<string> shape) => _graph.Output.Add(Declare(value, type, shape));

    /// <summary>Gives a value the name of an output and declares it.</summary>
    public void Output(string name, string value, DataType type, params ReadOnlySpan<string> shape)
    {
        AddNode("Identity", [value], name);
        Output(name, type, shape);
    }

    /// <summary>A constant tensor of float32, int32 or int64, row-major.</summary>
    public string Constant<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var name = _names.Next("constant");
        AddTensor(name, TypeOf<T>(), shape).RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        return name;
    }

    /// <summary>A constant tensor of texts, called <paramref name="name"/>.</summary>
    public string Texts(string name, IEnumerable<ReadOnlyMemory<byte>> utf8, params ReadOnlySpan<long> shape)
    {
        AddTensor(name, DataType.String, shape).StringData.AddRange(utf8.Select(t => ByteString.CopyFrom(t.Span)));
        return name;
    }

    /// <summary>Adds a node with one output.</summary>
    public string Add(string operation, params ReadOnlySpan<string> inputs) => AddNode(operation, inputs, _names.Next(operation)).Output[0];

    /// <summary>Swaps the last two of three axes.</summary>
    public string SwapLast(string value)
    {
        var node = AddNode("Transpose", [value], _names.Next("Transpose"));
        var order = new AttributeProto { Name = "perm", Type = AttributeType.Ints };
        order.Ints.Add([0, 2, 1]);
        node.Attribute.Add(order);
        return node.Output[0];
    }

    /// <summary>The largest of all cells, as a scalar.</summary>
    public string Largest(string value)
    {
        var node = AddNode("ReduceMax", [value], _names.Next("ReduceMax"));
        node.Attribute.Add(new AttributeProto { Name = "keepdims", Type = AttributeType.Int, I = 0 });
        return node.Output[0];
    }

    /// <summary>The largest along the last of three axes, which stays with size 1.</summary>
    public string LargestOfLast(string value)
    {
        var node = AddNode("ReduceMax", [value], _names.Next("ReduceMax"));
        var axes = new AttributeProto { Name = "axes", Type = AttributeType.Ints };
        axes.Ints.Add(2);
        node.Attribute.Add(axes);
        return node.Output[0];
    }

    /// <summary>
    /// Repeats <paramref name="body"/>, whose inputs are the pass, the condition and the states, and whose outputs are the condition and the
    /// states.
    /// </summary>
    /// <returns>The states after the last pass.</returns>
    public string[] Loop(string most, string condition, GraphBuilder body, params ReadOnlySpan<string> states)
    {
        var node = AddNode("Loop", [most, condition, .. states], [.. states.ToArray().Select(_ => _names.Next("Loop"))]);
        node.Attribute.Add(new AttributeProto { Name = "body", Type = AttributeType.Graph, G = body._graph });
        return [.. node.Output];
    }

    /// <summary>Adds a node with the named outputs.</summary>
    public NodeProto AddNode(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<string> outputs)
    {
        var node = new NodeProto { OpType = operation, Name = _names.Next(operation) };
        node.Input.AddRange(inputs.ToArray());
        node.Output.AddRange(outputs.ToArray());
        _graph.Node.Add(node);
        return node;
    }

    /// <summary>The model whose graph this is.</summary>
    /// <param name="metadata">What a reader may want to know beside the graph.</param>
    public byte[] ToModel(params IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "Recommender", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OperatorSet });
        model.MetadataProps.AddRange(metadata.Select(m => new StringStringEntryProto { Key = m.Key, Value = m.Value }));
        return model.ToByteArray();
    }

    private TensorProto AddTensor(string name, DataType type, ReadOnlySpan<long> shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type };
        tensor.Dims.AddRange(shape.ToArray());
        _graph.Initializer.Add(tensor);
        return tensor;
    }

    private static ValueInfoProto Declare(string name, DataType type, ReadOnlySpan<string> shape)
    {
        var sizes = new TensorShapeProto();
        foreach (var size in shape)
        {
            sizes.Dim.Add(long.TryParse(size, CultureInfo.InvariantCulture, out var number)
                ? new TensorShapeProto.Types.Dimension { DimValue = number }
                : new TensorShapeProto.Types.Dimension { DimParam = size });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = sizes } } };
    }

    private static DataType TypeOf<T>() =>
        typeof(T) == typeof(float) ? DataType.Float
        : typeof(T) == typeof(int) ? DataType.Int32
        : typeof(T) == typeof(long) ? DataType.Int64
        : throw new NotSupportedException($"{typeof(T)} is no type of a constant.");

    // Names are unique in a graph and the bodies within it.
    private sealed class Counter
    {
        private int _count;

        public string Next(string what) => string.Create(CultureInfo.InvariantCulture, $"{what}_{_count++}");
    }
}
