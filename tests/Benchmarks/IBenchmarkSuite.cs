using System.CommandLine;

namespace Recommender.Tests.Benchmarks;

/// <summary>A set of measurements that <c>build/bench NAME</c> runs; listed in Program.cs.</summary>
internal interface IBenchmarkSuite
{
    /// <summary>The command with the suite's name and options. Its exit code is 0 when everything was measured.</summary>
    Command CreateCommand();
}
