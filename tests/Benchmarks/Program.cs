using System.CommandLine;
using Recommender.Tests.Benchmarks;
using Recommender.Tests.Benchmarks.Archive;
using Recommender.Tests.Benchmarks.Events;
using Recommender.Tests.Benchmarks.Restart;
using Recommender.Tests.Benchmarks.Serving;
using Recommender.Tests.Benchmarks.Training;

// One class per suite; the suite's name is the word after build/bench.
IBenchmarkSuite[] suites = [new TrainingSuite(), new ServingSuite(), new ArchiveSuite(), new EventsSuite(), new RestartSuite()];

var root = new RootCommand("Measures Recommender on this machine. Other programs that run meanwhile spoil the numbers; only ratios taken in turn count.");
foreach (var suite in suites) root.Add(suite.CreateCommand());
return await root.Parse(args).InvokeAsync();
