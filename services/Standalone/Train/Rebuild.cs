using System.Globalization;
using System.Text.Json;
using Recommender.Standalone.Cli;
using Recommender.Training.Rebuilding;

namespace Recommender.Standalone.Train;

/// <summary>Makes a model again and says whether it has the same bits.</summary>
internal static class Rebuild
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Runs it; the exit code says whether the bits are the same.</summary>
    public static async Task<int> RunAsync(string manifest, string archive, string? models, string? outPath, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        try
        {
            var progress = new ProgressText(output, isSilent: json);
            var result = await Task.Run(() => ModelRebuild.RunAsync(manifest, archive, models, outPath, share => progress.Show("making it again:", share), cancellationToken), cancellationToken);
            progress.Show("making it again:", 1);
            progress.End();
            if (json) await output.WriteLineAsync(JsonSerializer.Serialize(result, s_json));
            else await WriteAsync(result, output);
            return result.IsEqual ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (RebuildException e)
        {
            throw new CommandFailure(e.Message, ExitCode.Failed, e);
        }
    }

    private static async Task WriteAsync(RebuildResult result, TextWriter output)
    {
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{result.Trainer} model {result.Version} from {result.Events:N0} events, data version {result.DataVersion[..12]}, in {result.Seconds:F1} s."));
        if (result.MadeBy != result.CodeVersion) await output.WriteLineAsync($"It was made by version {result.MadeBy} of the code; this is {result.CodeVersion}.");
        foreach (var file in result.Files)
            await output.WriteLineAsync($"  {file.Name,-20} {(file.IsEqual ? "the same bits" : "DIFFERENT")}  {file.Actual}");
        await output.WriteLineAsync(result.IsEqual ? "The model is the same bit for bit." : "The model differs.");
    }
}
