using System.CommandLine;
using System.Text;
using System.Text.Json;
using Recommender.Hosting;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Weights;
using Recommender.Standalone.Cli;
using Recommender.Training.Assessing;

namespace Recommender.Standalone.Assess;

/// <summary><c>recommender assess</c>: says before any training whether data is worth a model, without any server.</summary>
internal static class AssessCommand
{
    private const string Description =
        "Look at data before training on it: counts, distributions, gaps, outliers, checks, and a learned comparison of popularity with the simplest personal model. "
        + "Ends with a verdict in plain words, and writes a report (HTML with plots, and JSON). See docs/assess.md.";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files to look at together.", Arity = ArgumentArity.ZeroOrMore };
        var format = new Option<string>("--format")
        {
            Description = "Format of the files:" + string.Concat(AssessedFormat.All.Select(f => $"\n{f.Name}: {f.Summary}")),
            DefaultValueFactory = _ => "",
        }.Among([.. AssessedFormat.All.Select(f => f.Name)]);
        var archive = new Option<string?>("--archive") { Description = "Look at an event archive instead of files.", HelpName = "DIRECTORY" };
        var report = new Option<string>("--report")
        {
            Description = "Where the HTML report goes; the JSON goes beside it.",
            HelpName = "FILE",
            DefaultValueFactory = _ => "assessment.html",
        };
        var json = new Option<bool>("--json") { Description = "Print the JSON instead of the summary." };
        var command = new Command("assess", Description) { paths, format, archive, report, json };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => RunAsync(
            parsed.GetValue(paths) ?? [], parsed.GetRequiredValue(format), parsed.GetValue(archive), parsed.GetRequiredValue(report), parsed.GetValue(json),
            parsed.InvocationConfiguration.Output, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] paths, string format, string? archive, string reportPath, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        if (archive is not null ? paths.Length > 0 || format.Length > 0 : paths.Length == 0 || format.Length == 0)
            throw CommandFailure.Usage("Give either files with --format, or --archive DIRECTORY.");
        var assessor = new Assessor(new AssessmentOptions(), new InteractionWeights(), TimeProvider.System);
        var code = new ServiceIdentity("assess").Version;
        AssessmentReport report;
        if (archive is null)
        {
            var input = AssessedFiles.Read(paths, AssessedFormat.Named(format), cancellationToken);
            report = assessor.Assess(input, string.Join(", ", paths.Select(Path.GetFileName)), code, cancellationToken);
        }
        else
        {
            report = await AssessedArchive.AssessAsync(assessor, archive, code, cancellationToken);
        }
        var bytes = JsonSerializer.SerializeToUtf8Bytes(report, AssessmentJson.Default.AssessmentReport);
        var jsonPath = Path.ChangeExtension(reportPath, ".json");
        if (jsonPath == reportPath) jsonPath += ".json";
        try
        {
            AtomicFile.WriteAllBytes(reportPath, Encoding.UTF8.GetBytes(HtmlReport.Write(report)));
            AtomicFile.WriteAllBytes(jsonPath, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"The report can't be written: {e.Message}", ExitCode.Usage, e);
        }
        await output.WriteLineAsync(json ? Encoding.UTF8.GetString(bytes) : AssessmentText.Of(report) + $"\nReport: {reportPath} and {jsonPath}");
        return ExitCode.Ok;
    }
}
