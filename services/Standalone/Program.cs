using System.CommandLine;
using Recommender.Standalone.Evaluate;

return await new RootCommand("Recommender: short-video recommendations from what viewers do.") { EvaluateCommand.Create() }.Parse(args).InvokeAsync();
