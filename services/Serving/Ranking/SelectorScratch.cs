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

    /// <summary>Loss by the number of videos of the same author shortly before.</summary>
    public double[] Losses { get; private set; } = [];

    /// <summary>Makes room, and forgets the last request.</summary>
    /// <param name="count">Candidates.</param>
    /// <param name="options">How authors repeat.</param>
    public void Prepare(int count, ServingOptions options)
    {
        // Powers are found once for each number of repeats, of which there are few, rather than for each candidate and place.
        if (Losses.Length < options.AuthorCap) Losses = new double[options.AuthorCap];
        for (var same = 0; same < options.AuthorCap; same++) Losses[same] = 1 - Math.Pow(options.AuthorDecay, same);
        if (Scores.Length < count)
            (Scores, Order, Similarity, Compared, Taken) = (new double[count], new int[count], new float[count], new int[count], new bool[count]);
        Similarity.AsSpan(0, count).Clear();
        Compared.AsSpan(0, count).Clear();
        Taken.AsSpan(0, count).Clear();
    }
}
