namespace Recommender.Modeling.Trainers.Neighbours;

/// <summary>Partial sorting: which keys are the largest, in no order. Linear in their number where sorting them all is not (Hoare, "Algorithm 65: Find", 1961).</summary>
internal static class LargestKeys
{
    private const int FewKeys = 16;

    /// <summary>Reorders <paramref name="keys"/> so that the first <paramref name="count"/> are the largest.</summary>
    /// <param name="keys">Distinct keys.</param>
    /// <param name="count">From 0 to the number of keys.</param>
    public static void ToFront(Span<ulong> keys, int count)
    {
        // Where pivots happen to be bad, what is left is sorted.
        for (var rounds = 2 * int.Log2(keys.Length | 1); keys.Length > FewKeys && rounds > 0; rounds--)
        {
            var front = Part(keys);
            if (front == count) return;
            if (front > count)
            {
                keys = keys[..front];
            }
            else
            {
                keys = keys[front..];
                count -= front;
            }
        }

        if (count <= 0 || count >= keys.Length) return;
        keys.Sort();
        keys.Reverse();
    }

    // Keys from the pivot up come to the front; returns how many, at least one and fewer than all.
    private static int Part(Span<ulong> keys)
    {
        var (low, middle, high) = (keys[0], keys[keys.Length / 2], keys[^1]);
        var pivot = Math.Max(Math.Min(low, middle), Math.Min(Math.Max(low, middle), high));
        var (left, right) = (0, keys.Length - 1);
        while (true)
        {
            while (keys[left] > pivot) left++;
            while (keys[right] < pivot) right--;
            if (left >= right) return Math.Clamp(keys[left] >= pivot ? left + 1 : left, 1, keys.Length - 1);
            (keys[left], keys[right]) = (keys[right], keys[left]);
            left++;
            right--;
        }
    }
}
