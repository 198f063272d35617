using System.CommandLine;
using Recommender.Hosting.Artifacts;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Export.Recommendations;

namespace Recommender.Standalone.Export;

/// <summary><c>recommender export</c>: a model version in a form that other programs load.</summary>
internal static class ExportCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "Folder of a model version, or the name of one below --models; 'live' is the live one." };
        var format = new Option<string>("--format")
        {
            Description = "onnx: a graph that ranks all videos for viewers' vectors (MatMul, TopK)\nnpz: arrays for NumPy: item_factors, item_ids, popularity, manifest",
            Required = true,
        }.Among("onnx", "npz");
        var output = new Option<string>("--out") { Description = "File to write; one that is there is replaced.", HelpName = "FILE", Required = true };
        var models = new Option<string>("--models")
        {
            Description = "Folder of the model versions.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => new StorageOptions().ModelsPath,
        };
        var command = new Command("export", "Write a model, or what is recommended, to files that other programs load.") { model, format, output, models, RecommendationsCommand.Create(model) };
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            var exported = ExportedModel.Load(parsed.GetRequiredValue(model), parsed.GetRequiredValue(models));
            var path = parsed.GetRequiredValue(output);
            try
            {
                if (parsed.GetRequiredValue(format) == "onnx") OnnxExport.Write(exported, path);
                else NpzExport.Write(exported, path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandFailure($"The file '{path}' cannot be written: {e.Message}", cause: e);
            }

            var size = new FileInfo(path).Length;
            parsed.InvocationConfiguration.Output.WriteLine(
                FormattableString.Invariant($"{path}: {exported.Ids.Count:N0} videos of model {exported.Manifest.Version}, {size / 1e6:0.0} MB"));
            return ExitCode.Ok;
        }, cancellationToken));
        return command;
    }
}
