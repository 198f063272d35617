using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Training.Publishing;
using Recommender.Training.Running;

namespace Recommender.Training.Mlflow;

/// <summary>The parts of a finished run beyond its numbers: learning curves, the data set, the report and the model.</summary>
internal static class MlflowDetails
{
    /// <summary>Adds them to the folder of a run that is being made.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="experimentPath">Folder of the experiment, which keeps the data sets.</param>
    /// <param name="runId">The run.</param>
    /// <param name="started">When it began.</param>
    /// <param name="report">What it found.</param>
    /// <param name="models">Where its model is.</param>
    public static void Write(string path, string experimentPath, string runId, DateTimeOffset started, RunReport report, ModelStore models)
    {
        foreach (var trial in report.Trials)
        {
            MlflowRuns.WriteMetric(
                path, $"curve/{trial.Role}_{trial.Trainer}_ndcg@20",
                trial.Curve.Select(p => (MlflowFolder.Milliseconds(started.AddSeconds(p.Seconds)), p.Score, (long)p.Iteration)));
        }
        WriteDataset(path, experimentPath, runId, report);
        var artifacts = Path.Combine(path, "artifacts");
        File.WriteAllBytes(Path.Combine(artifacts, "report.json"), JsonSerializer.SerializeToUtf8Bytes(report, RunReportJson.Default.RunReport));
        File.WriteAllText(Path.Combine(artifacts, "verdict.txt"), report.Verdict + "\n");
        // The large files stay where Serving reads them; the registered model's version leads there.
        var model = Directory.CreateDirectory(Path.Combine(artifacts, "model")).FullName;
        foreach (var name in new[] { MlModelFile.Name, ModelStore.ManifestName })
        {
            var file = models.PathOf(report.ModelVersion, name);
            if (File.Exists(file)) File.Copy(file, Path.Combine(model, name));
        }
    }

    private static void WriteDataset(string path, string experimentPath, string runId, RunReport report)
    {
        const string Name = "archive";
        var digest = report.DataVersion[..Math.Min(32, report.DataVersion.Length)];
        var id = Md5(Name + digest);
        var source = JsonSerializer.Serialize(report.DataRanges.ToDictionary());
        var rows = JsonSerializer.Serialize(new Dictionary<string, long> { ["num_rows"] = report.Counts.Rows });
        var dataset = Path.Combine(experimentPath, "datasets", id, MlflowFolder.Meta);
        if (!File.Exists(dataset))
        {
            MlflowFolder.Write(dataset, new Yaml().Add("digest", digest).Add("name", Name).Add("profile", rows).AddNull("schema")
                .Add("source", source).Add("source_type", "local").ToString());
        }
        MlflowFolder.Write(Path.Combine(path, "inputs", Md5(id + runId), MlflowFolder.Meta), new Yaml().Add("destination_id", id)
            .Add("destination_type", "RUN").Add("source_id", id).Add("source_type", "DATASET").Add("tags", t => t.Add("mlflow.data.context", "training")).ToString());
    }

#pragma warning disable CA5351 // Names of folders as MLflow makes them, not security.
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
