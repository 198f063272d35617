using System.Globalization;
using static Recommender.Modeling.Onnx.Protos.TensorProto.Types;

namespace Recommender.Modeling.Onnx.Graphs;

/// <summary>
/// The half-step of implicit ALS (Hu, Koren, Volinsky 2008) for b rows at once as ONNX graphs: the equations
/// (share * gram + sum c v v' + ridge I) x = sum c v of each row, made with Gather and MatMul from its interactions, which are padded to l
/// with confidence 0, and solved by conjugate gradient (Takács, Pilászy, Tikk 2011) with the diagonal as preconditioner.
/// </summary>
internal static class HalfStepGraphs
{
    /// <summary>factors [n, k]: the other side's vectors.</summary>
    public const string Factors = "factors";

    /// <summary>columns [b, l], int32: rows of <see cref="Factors"/>.</summary>
    public const string Columns = "columns";

    /// <summary>confidences [b, l].</summary>
    public const string Confidences = "confidences";

    /// <summary>gram [k, k]: unobserved_weight * factors' * factors over all of the other side.</summary>
    public const string Gram = "gram";

    /// <summary>shares [b, 1, 1]: each row's own factor of the gram matrix.</summary>
    public const string Shares = "shares";

    /// <summary>ridges [b, 1, 1]: each row's regularisation.</summary>
    public const string Ridges = "ridges";

    /// <summary>start [b, 1, k]: where the search begins.</summary>
    public const string Start = "start";

    /// <summary>steps, an int64 scalar: at most so many steps.</summary>
    public const string Steps = "steps";

    /// <summary>tolerance, a scalar: a row is solved when its squared residual is at most so much of its right side's square.</summary>
    public const string Tolerance = "tolerance";

    /// <summary>outer [b, k, k]: sum c v v' so far.</summary>
    public const string Outer = "outer";

    /// <summary>right [b, 1, k]: sum c v so far.</summary>
    public const string Right = "right";

    /// <summary>outer with these interactions added, an output.</summary>
    public const string OuterSum = "outer_sum";

    /// <summary>right with these interactions added, an output.</summary>
    public const string RightSum = "right_sum";

    /// <summary>solution [b, 1, k], an output.</summary>
    public const string Solution = "solution";

    /// <summary>From interactions to solutions.</summary>
    public static byte[] Whole(int k)
    {
        var graph = new GraphBuilder("half_step");
        var (outer, right) = Sums(graph, k);
        Solve(graph, k, outer, right);
        return graph.ToModel();
    }

    /// <summary>Adds some interactions of each row to its sums: for rows too long, or factors too many, for one run.</summary>
    public static byte[] Accumulate(int k)
    {
        var graph = new GraphBuilder("accumulate");
        var size = Text(k);
        var (outer, right) = Sums(graph, k);
        graph.Output(OuterSum, graph.Add("Add", graph.Input(Outer, DataType.Float, "b", size, size), outer), DataType.Float, "b", size, size);
        graph.Output(RightSum, graph.Add("Add", graph.Input(Right, DataType.Float, "b", "1", size), right), DataType.Float, "b", "1", size);
        return graph.ToModel();
    }

    /// <summary>From sums to solutions.</summary>
    public static byte[] Solve(int k)
    {
        var graph = new GraphBuilder("solve");
        var size = Text(k);
        Solve(graph, k, graph.Input(Outer, DataType.Float, "b", size, size), graph.Input(Right, DataType.Float, "b", "1", size));
        return graph.ToModel();
    }

    private static (string Outer, string Right) Sums(GraphBuilder graph, int k)
    {
        graph.Input(Factors, DataType.Float, "n", Text(k));
        graph.Input(Columns, DataType.Int32, "b", "l");
        graph.Input(Confidences, DataType.Float, "b", "l");
        var vectors = graph.Add("Gather", Factors, Columns); // [b, l, k]
        var last = graph.Constant<long>([2], 1);
        var weighted = graph.Add("Mul", vectors, graph.Add("Unsqueeze", Confidences, last));
        var outer = graph.Add("MatMul", graph.SwapLast(weighted), vectors);
        var right = graph.Add("MatMul", graph.Add("Unsqueeze", Confidences, graph.Constant<long>([1], 1)), vectors);
        return (outer, right);
    }

    private static void Solve(GraphBuilder graph, int k, string outer, string right)
    {
        var size = Text(k);
        graph.Input(Gram, DataType.Float, size, size);
        graph.Input(Shares, DataType.Float, "b", "1", "1");
        graph.Input(Ridges, DataType.Float, "b", "1", "1");
        graph.Input(Start, DataType.Float, "b", "1", size);
        graph.Input(Steps, DataType.Int64);
        graph.Input(Tolerance, DataType.Float);
        var identity = graph.Constant<float>(Identity(k), k, k);
        var matrix = graph.Add("Add", graph.Add("Add", graph.Add("Mul", Shares, Gram), outer), graph.Add("Mul", Ridges, identity));
        var diagonal = graph.Add("ReduceSum", graph.Add("Mul", matrix, identity), graph.Constant<long>([1], 1));
        var inverse = graph.Add("Div", graph.Constant<float>([1f]), diagonal);
        // The right side is brought to the size of 1, so that no square is lost for being too small a number.
        var largest = graph.LargestOfLast(graph.Add("Abs", right));
        var scale = graph.Add("Where", graph.Add("Greater", largest, graph.Constant<float>([0f])), largest, graph.Constant<float>([1f]));
        right = graph.Add("Div", right, scale);
        var start = graph.Add("Div", Start, scale);
        var residual = graph.Add("Sub", right, graph.Add("MatMul", start, matrix));
        var direction = graph.Add("Mul", inverse, residual);
        var square = Dot(graph, residual, direction);
        var limit = graph.Add("Mul", Tolerance, Dot(graph, right, graph.Add("Mul", inverse, right)));
        var body = Step(graph, size, matrix, inverse, limit);
        var states = graph.Loop(Steps, AnyAbove(graph, square, limit), body, start, residual, direction, square);
        graph.Output(Solution, graph.Add("Mul", states[0], scale), DataType.Float, "b", "1", size);
    }

    // One step of the preconditioned method for all rows; what is solved already stays, up to rounding. Vectors are [b, 1, k], so that the
    // symmetric matrix is multiplied from the left.
    private static GraphBuilder Step(GraphBuilder graph, string size, string matrix, string inverse, string limit)
    {
        var body = graph.Body("step");
        body.Input("pass", DataType.Int64);
        body.Input("go_on", DataType.Bool);
        var solution = body.Input("solution_in", DataType.Float, "b", "1", size);
        var residual = body.Input("residual_in", DataType.Float, "b", "1", size);
        var direction = body.Input("direction_in", DataType.Float, "b", "1", size);
        var square = body.Input("square_in", DataType.Float, "b", "1", "1");

        var image = body.Add("MatMul", direction, matrix);
        var length = Quotient(body, square, OrNotANumber(body, Dot(body, direction, image)));
        var newSolution = body.Add("Add", solution, body.Add("Mul", length, direction));
        var newResidual = body.Add("Sub", residual, body.Add("Mul", length, image));
        var scaled = body.Add("Mul", inverse, newResidual);
        var newSquare = Dot(body, newResidual, scaled);
        var newDirection = body.Add("Add", scaled, body.Add("Mul", Quotient(body, newSquare, square), direction));

        body.Output(AnyAbove(body, newSquare, limit), DataType.Bool);
        body.Output(newSolution, DataType.Float, "b", "1", size);
        body.Output(newResidual, DataType.Float, "b", "1", size);
        body.Output(newDirection, DataType.Float, "b", "1", size);
        body.Output(newSquare, DataType.Float, "b", "1", "1");
        return body;
    }

    private static string Dot(GraphBuilder graph, string a, string b) =>
        graph.Add("ReduceSum", graph.Add("Mul", a, b), graph.Constant<long>([2], 1));

    // Of a row that is solved to the last bit it is zero, whatever it is divided by.
    private static string Quotient(GraphBuilder graph, string dividend, string divisor)
    {
        var remains = graph.Add("Greater", dividend, graph.Constant<float>([0f]));
        return graph.Add("Div", dividend, graph.Add("Where", remains, divisor, graph.Constant<float>([1f])));
    }

    // A matrix that rounding has robbed of its positive definiteness gives no solution, rather than a wrong one.
    private static string OrNotANumber(GraphBuilder graph, string curvature)
    {
        var positive = graph.Add("Greater", curvature, graph.Constant<float>([0f]));
        return graph.Add("Where", positive, curvature, graph.Constant<float>([float.NaN]));
    }

    private static string AnyAbove(GraphBuilder graph, string square, string limit) =>
        graph.Add("Greater", graph.Largest(graph.Add("Sub", square, limit)), graph.Constant<float>([0f]));

    private static float[] Identity(int k)
    {
        var cells = new float[k * k];
        for (var i = 0; i < k; i++) cells[(i * k) + i] = 1f;
        return cells;
    }

    private static string Text(int k) => k.ToString(CultureInfo.InvariantCulture);
}
