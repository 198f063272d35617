namespace Recommender.Serving.Ranking;

/// <summary>Working memory of the selector for one request, by a candidate's place by score.</summary>
internal sealed class SelectorScratch
{
    /// <summary>Scores by place among the candidates.</summary>
    public double[] Scores { get; private set; } = [];

    /// <summary>Places among the candidates, best score first.</summary>
    public int[] Order { get; private set; } = [];

    /// <summary>Greatest similarity to the selected videos compared with so far.</summary>
    public float[] Similarity { get; private set; } = [];

    /// <summary>How many of the selected videos it was compared with.</summary>
    public int[] Compared { get; private set; } = [];

    /// <summary>Whether it was selected.</summary>
    public bool[] Taken { get; private set; } = [];

    /// <summary>Makes room, and forgets the last request.</summary>
    public void Prepare(int count)
    {
        if (Scores.Length < count)
            (Scores, Order, Similarity, Compared, Taken) = (new double[count], new int[count], new float[count], new int[count], new bool[count]);
        Similarity.AsSpan(0, count).Clear();
        Compared.AsSpan(0, count).Clear();
        Taken.AsSpan(0, count).Clear();
    }
}
