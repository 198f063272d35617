return await Recommender.Standalone.Cli.CommandLine.RunAsync(args);
