using System.Runtime.Intrinsics;

namespace Recommender.Modeling.Numerics;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix in float64: Householder's reduction to three diagonals, then implicit QL steps (Golub
/// and Van Loan, "Matrix Computations", chapter 8). Sums are taken in four lanes on every machine, for equal bits.
/// </summary>
internal static unsafe class SymmetricEigen
{
    private const int MostSteps = 60;

    /// <summary>Factorizes matrix = vectors' * diag(values) * vectors.</summary>
    /// <param name="matrix">n x n, row-major, finite; overwritten.</param>
    /// <param name="n">Size, from 1.</param>
    /// <param name="values">Receives n eigenvalues, in no order.</param>
    /// <param name="vectors">Receives n x n: row i is the eigenvector of value i.</param>
    public static void Decompose(Span<double> matrix, int n, Span<double> values, Span<double> vectors)
    {
        var (off, scratch) = (new double[n], new double[n]);
        fixed (double* a = matrix)
        fixed (double* d = values)
        fixed (double* z = vectors)
        fixed (double* e = off)
        fixed (double* w = scratch)
        {
            Reduce(a, n, d, e, w);
            Accumulate(a, n, z, w);
            Iterate(d, e, n, z);
        }
    }

    // Step j reflects row j's part right of the diagonal onto its first cell; the reflector stays in that row and half its square in the diagonal.
    private static void Reduce(double* a, int n, double* d, double* e, double* w)
    {
        for (var j = 0; j < n - 2; j++)
        {
            var u = a + ((nint)j * n) + j + 1;
            var m = n - j - 1;
            d[j] = a[((nint)j * n) + j];
            var norm = Math.Sqrt(Dot(u, u, m));
            e[j] = u[0] > 0 ? -norm : norm;
            u[0] -= e[j];
            var half = Dot(u, u, m) / 2;
            a[((nint)j * n) + j] = half;
            if (!(half > 0)) continue;
            var rest = a + ((nint)(j + 1) * n) + j + 1;
            for (var i = 0; i < m; i++) w[i] = Dot(rest + ((nint)i * n), u, m) / half;
            AddScaled(w, u, -Dot(u, w, m) / (2 * half), m);
            for (var i = 0; i < m; i++) AddScaled2(rest + ((nint)i * n), w, -u[i], u, -w[i], m);
        }

        if (n > 1) (d[n - 2], e[n - 2]) = (a[((nint)(n - 2) * n) + n - 2], a[((nint)(n - 2) * n) + n - 1]);
        (d[n - 1], e[n - 1]) = (a[((nint)n * n) - 1], 0);
    }

    // The product of all reflections, transposed.
    private static void Accumulate(double* a, int n, double* z, double* w)
    {
        for (nint i = 0; i < (nint)n * n; i++) z[i] = 0;
        for (var i = 0; i < n; i++) z[((nint)i * n) + i] = 1;
        for (var j = n - 3; j >= 0; j--)
        {
            var u = a + ((nint)j * n) + j + 1;
            var m = n - j - 1;
            var half = a[((nint)j * n) + j];
            if (!(half > 0)) continue;
            var rest = z + ((nint)(j + 1) * n) + j + 1;
            for (var i = 0; i < m; i++) w[i] = 0;
            for (var i = 0; i < m; i++) AddScaled(w, rest + ((nint)i * n), u[i] / half, m);
            for (var i = 0; i < m; i++) AddScaled(rest + ((nint)i * n), w, -u[i], m);
        }

        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++) (z[((nint)i * n) + j], z[((nint)j * n) + i]) = (z[((nint)j * n) + i], z[((nint)i * n) + j]);
        }
    }

    private static void Iterate(double* d, double* e, int n, double* z)
    {
        for (var l = 0; l < n; l++)
        {
            for (var steps = 0; steps < MostSteps; steps++)
            {
                var m = l;
                while (m < n - 1 && !(Math.Abs(e[m]) <= double.Epsilon + (1.1e-16 * (Math.Abs(d[m]) + Math.Abs(d[m + 1]))))) m++;
                if (m == l) break;
                Step(d, e, l, m, n, z);
            }
        }
    }

    // One implicit QL step with Wilkinson's shift on rows l to m.
    private static void Step(double* d, double* e, int l, int m, int n, double* z)
    {
        var g = (d[l + 1] - d[l]) / (2 * e[l]);
        var r = Hypotenuse(g, 1);
        g = d[m] - d[l] + (e[l] / (g + (g >= 0 ? r : -r)));
        var (s, c, p) = (1.0, 1.0, 0.0);
        for (var i = m - 1; i >= l; i--)
        {
            var (f, b) = (s * e[i], c * e[i]);
            e[i + 1] = r = Hypotenuse(f, g);
            if (r == 0)
            {
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }

            (s, c) = (f / r, g / r);
            g = d[i + 1] - p;
            r = ((d[i] - g) * s) + (2 * c * b);
            p = s * r;
            d[i + 1] = g + p;
            g = (c * r) - b;
            Rotate(z + ((nint)i * n), z + ((nint)(i + 1) * n), c, s, n);
        }

        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    private static double Hypotenuse(double x, double y)
    {
        var (large, small) = (Math.Max(Math.Abs(x), Math.Abs(y)), Math.Min(Math.Abs(x), Math.Abs(y)));
        return large == 0 ? 0 : large * Math.Sqrt(1 + (small / large * (small / large)));
    }

    private static double Dot(double* x, double* y, int n)
    {
        var (sum, next) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var i = 0;
        for (; i <= n - 8; i += 8)
        {
            sum += Vector256.Load(x + i) * Vector256.Load(y + i);
            next += Vector256.Load(x + i + 4) * Vector256.Load(y + i + 4);
        }

        sum += next;
        var total = sum[0] + sum[1] + (sum[2] + sum[3]);
        for (; i < n; i++) total += x[i] * y[i];
        return total;
    }

    private static void AddScaled(double* y, double* x, double factor, int n)
    {
        var i = 0;
        for (; i <= n - 4; i += 4) (Vector256.Load(y + i) + (Vector256.Load(x + i) * factor)).Store(y + i);
        for (; i < n; i++) y[i] += x[i] * factor;
    }

    private static void AddScaled2(double* y, double* x0, double factor0, double* x1, double factor1, int n)
    {
        var i = 0;
        for (; i <= n - 4; i += 4) (Vector256.Load(y + i) + (Vector256.Load(x0 + i) * factor0) + (Vector256.Load(x1 + i) * factor1)).Store(y + i);
        for (; i < n; i++) y[i] = y[i] + (x0[i] * factor0) + (x1[i] * factor1);
    }

    private static void Rotate(double* x, double* y, double c, double s, int n)
    {
        var i = 0;
        for (; i <= n - 4; i += 4)
        {
            var (u, v) = (Vector256.Load(x + i), Vector256.Load(y + i));
            ((u * s) + (v * c)).Store(y + i);
            ((u * c) - (v * s)).Store(x + i);
        }

        for (; i < n; i++) (x[i], y[i]) = ((x[i] * c) - (y[i] * s), (x[i] * s) + (y[i] * c));
    }
}
