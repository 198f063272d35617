using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Auto;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class AutoTrainerTests
{
    private static readonly TrainingData Walks = new(RandomOrder.Walks(200, 40, 7, seed: 1));

    [Fact]
    public void It_finds_that_order_decides()
    {
        var journal = new Journal();
        var model = Search(journal, 12).Train(Walks);
        Assert.Equal(12, journal.Trials.Count);
        var value = double.Parse(model.Parameters["validation"], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(value >= journal.Trials.Max(t => t.Value) - 1e-4, $"{value}");
        Assert.Equal("12", model.Parameters["tried"]);
        Assert.Equal(Enumerable.Range(1, 12), journal.Trials.Select(t => t.Number));
        Assert.True(journal.Trials.Where(t => t.Trainer == "transitions").Max(t => t.Value) > journal.Trials.Where(t => t.Trainer == "popularity").Max(t => t.Value) + 0.2);
    }

    [Fact]
    public void An_interrupted_search_ends_as_one_that_was_not()
    {
        var whole = new Journal();
        var expected = Scores(Search(whole, 14).Train(Walks));
        foreach (var stop in (int[])[1, 6, 13])
        {
            var journal = new Journal { StopAt = stop };
            Assert.Throws<IOException>(() => Search(journal, 14).Train(Walks));
            Assert.Equal(stop, journal.Trials.Count);
            var again = new Journal(journal.Trials);
            Assert.Equal(expected, Scores(Search(again, 14).Train(Walks)));
            Assert.Equal(whole.Trials.Select(t => (t.Number, t.Trainer, t.Value)), again.Trials.Select(t => (t.Number, t.Trainer, t.Value)));
            Assert.Equal(14 - stop, again.Added);
        }
    }

    [Fact]
    public void A_budget_of_seconds_ends_the_search()
    {
        var clock = new SteppingClock();
        var journal = new Journal();
        new AutoTrainer(new Dictionary<string, string> { ["budget_seconds"] = "10", ["trainers"] = "item_knn,popularity" }, journal, clock, _ => { }).Train(Walks);

        // Each trial takes a second by this clock; after seven, no time is left for another and for training both twice more.
        Assert.InRange(journal.Trials.Count, 5, 9);
    }

    [Fact]
    public void Slow_trainers_get_no_more_time_than_quick_ones_and_the_budget_holds()
    {
        static double Seconds(string trainer) => trainer == "graph_filter" ? 20 : 1;
        AutoTrainer Within(Journal journal, double budget) => new(
            new Dictionary<string, string> { ["budget_seconds"] = budget.ToString(System.Globalization.CultureInfo.InvariantCulture), ["trainers"] = "item_knn,transitions,graph_filter" },
            journal, new SteppingClock(), _ => { });

        // What the first round took is as it was recorded; trials after it take a second each.
        var first = new Journal { StopAt = 4 };
        Assert.Throws<IOException>(() => Within(first, 200).Train(Walks));
        var journal = new Journal([.. first.Trials.Select(t => t with { Seconds = Seconds(t.Trainer) })]);
        var model = Within(journal, 200).Train(Walks);
        var later = journal.Trials.Skip(4).Select(t => t.Trainer).ToList();
        Assert.DoesNotContain("graph_filter", later.Take(50));

        // Of the budget there is time left for training twice what is blended.
        var mean = journal.Trials.GroupBy(t => t.Trainer).ToDictionary(g => g.Key, g => g.Average(t => t.Seconds));
        var blended = model.Parameters.Keys.Where(k => k.EndsWith(".weight", StringComparison.Ordinal)).Sum(k => 2 * mean[k[..^".weight".Length]]);
        Assert.InRange(journal.Trials.Sum(t => t.Seconds) + blended, 100, 210); // the last trials have changed the means
    }

    [Fact]
    public void A_trial_that_takes_too_long_is_given_up_with_a_sentence()
    {
        var journal = new Journal();
        var search = new AutoTrainer(new Dictionary<string, string> { ["budget_seconds"] = "100", ["trainers"] = "item_knn,ials" }, journal, new ImpatientClock(), _ => { });
        var error = Assert.Throws<TrainingDataException>(() => search.Train(Walks));
        Assert.Equal("No trainer could be trained on this data; the trials say why.", error.Message);
        Assert.NotEmpty(journal.Trials);
        Assert.All(journal.Trials, t => Assert.Equal("It was given up after 50 s, more of the budget than a trial may take.", t.Error));
    }

    [Fact]
    public void Larger_data_are_tried_in_rungs_once_every_trainer_was_tried_whole()
    {
        var journal = new Journal();
        new AutoTrainer(new Dictionary<string, string> { ["trials"] = "14", ["trainers"] = "item_knn,popularity" }, journal, TimeProvider.System, _ => { })
            .Train(new TrainingData(RandomData.Interactions(1500, 300, 0.3, seed: 1)));
        Assert.Equal(["popularity", "item_knn"], journal.Trials.Take(2).Select(t => t.Trainer));
        Assert.All(journal.Trials.Take(2), t => Assert.Equal((2, 1.0), (t.Rung, t.Share)));
        var rungs = journal.Trials.Skip(2).ToList();
        Assert.Contains(rungs, t => t.Rung == 0);
        Assert.All(rungs, t => Assert.Equal(t.Rung == 2, t.Share == 1));

        // What is varied is tried on each smaller share as well, and only what is better than it there goes on.
        var first = rungs[0];
        Assert.Empty(first.Parameters);
        foreach (var later in rungs.Where(t => t.Rung == 1 && t.Parameters.Count > 0))
            Assert.Contains(rungs, t => t.Rung == 0 && t.Value > first.Value && t.Parameters.SequenceEqual(later.Parameters));
    }

    [Fact]
    public void A_search_that_finds_nothing_better_ends_before_its_bound()
    {
        var journal = new Journal { StopAt = 3000 };
        new AutoTrainer(new Dictionary<string, string> { ["budget_seconds"] = "0", ["trials"] = "1000000", ["trainers"] = "item_knn,popularity" }, journal, TimeProvider.System, _ => { })
            .Train(new TrainingData(RandomData.TwoTastes(60, 30, seed: 1)));
        Assert.InRange(journal.Trials.Count, 90, 2999);
    }

    [Fact]
    public void A_trainer_that_is_slow_and_behind_is_not_looked_at_again()
    {
        // Nobody follows an order here: graph_filter is tried with and without, and the first look took a third of the budget.
        AutoTrainer Within(Journal journal) => new(
            new Dictionary<string, string> { ["budget_seconds"] = "300", ["trainers"] = "transitions,graph_filter" }, journal, new SteppingClock(), _ => { });
        var first = new Journal { StopAt = 2 };
        Assert.Throws<IOException>(() => Within(first).Train(Walks));
        Assert.Equal(["transitions", "graph_filter"], first.Trials.Select(t => t.Trainer));
        Assert.True(first.Trials[1].Value < 0.9 * first.Trials[0].Value);
        var journal = new Journal([first.Trials[0], first.Trials[1] with { Seconds = 100 }]);
        Within(journal).Train(Walks);
        Assert.Single(journal.Trials, t => t.Trainer == "graph_filter");
    }

    [Fact]
    public void What_a_single_trainer_reaches_by_default_is_tried_on_everything()
    {
        var journal = new Journal();
        new AutoTrainer(new Dictionary<string, string> { ["trials"] = "12" }, journal, TimeProvider.System, _ => { })
            .Train(new TrainingData(RandomData.Interactions(1500, 300, 0.3, seed: 1)));
        Assert.Equal(
            ["popularity", "ials", "item_knn", "ials", "ials", "graph_filter", "ease", "ease", "bpr"], journal.Trials.Where(t => t.Share == 1).Take(9).Select(t => t.Trainer));
        Assert.Empty(journal.Trials[1].Parameters);
    }

    [Fact]
    public void The_validation_data_are_trained_on_only_when_asked()
    {
        var train = RandomData.TwoTastes(60, 30, seed: 1);
        var validation = RandomData.TwoTastes(60, 30, seed: 2).Without(train);
        float[] Popularity(string refit) => new AutoTrainer(
                new Dictionary<string, string> { ["trials"] = "2", ["trainers"] = "popularity", ["refit"] = refit }, new Journal(), TimeProvider.System, _ => { })
            .Train(new TrainingData(train) { Validation = validation }).ItemPopularity.ToArray();
        Assert.Equal(train.ColumnLengths().Select(n => (float)n), Popularity("train"));
        Assert.Equal(train.Union(validation).ColumnLengths().Select(n => (float)n), Popularity("all"));
    }

    [Fact]
    public void A_single_winner_keeps_its_factors()
    {
        var settings = new Dictionary<string, string> { ["trials"] = "2", ["trainers"] = "ials", ["blend_parts"] = "1" };
        var model = new AutoTrainer(settings, new Journal(), TimeProvider.System, _ => { }).Train(new TrainingData(RandomData.TwoTastes(60, 30, seed: 1)));
        Assert.NotNull(model.ItemFactors);
        Assert.NotNull(model.FoldIn);
    }

    [Fact]
    public void Where_nothing_can_be_held_out_a_sentence_says_so()
    {
        var builder = new InteractionMatrixBuilder();
        for (var row = 0; row < 5; row++) builder.Add(row, row);
        var error = Assert.Throws<TrainingDataException>(() => Search(new Journal(), 2).Train(new TrainingData(builder.Build(5, 5))));
        Assert.Equal("There is nothing to choose parameters by: no viewer has two videos, so none can be held out.", error.Message);
    }

    [Theory]
    [InlineData("trainers", "nope")]
    [InlineData("trainers", "blend")]
    [InlineData("trials", "-1")]
    [InlineData("budget_seconds", "NaN")]
    [InlineData("refit", "test")]
    public void Wrong_parameters_are_told(string key, string value) =>
        Assert.Throws<ParameterException>(() => new AutoTrainer(new Dictionary<string, string> { [key] = value }, new Journal(), TimeProvider.System, _ => { }));

    [Fact]
    public void A_search_without_a_bound_is_refused()
    {
        var error = Assert.Throws<ParameterException>(() =>
            new AutoTrainer(new Dictionary<string, string> { ["budget_seconds"] = "0", ["trials"] = "0" }, new Journal(), TimeProvider.System, _ => { }));
        Assert.Equal("The trainer 'auto' would never end: of its parameters 'budget_seconds' (0 to 10000000) and 'trials' (0 to 1000000) one must be above 0.", error.Message);
    }

    private static AutoTrainer Search(Journal journal, int trials) => new(
        new Dictionary<string, string> { ["trials"] = trials.ToString(System.Globalization.CultureInfo.InvariantCulture), ["trainers"] = "item_knn,transitions,graph_filter,popularity" },
        journal, TimeProvider.System, _ => { });

    private static float[] Scores(IScoringModel model)
    {
        var scores = new float[model.ViewerCount * model.ItemCount];
        model.Score([.. Enumerable.Range(0, model.ViewerCount)], scores);
        return scores;
    }

    private sealed class Journal(params IReadOnlyList<TrialRecord> earlier) : ITrialJournal
    {
        public List<TrialRecord> Trials { get; } = [.. earlier];

        public int Added { get; private set; }

        public int StopAt { get; init; } = int.MaxValue;

        public IReadOnlyList<TrialRecord> Open(string fingerprint) => [.. Trials];

        public void Add(TrialRecord trial)
        {
            Trials.Add(trial);
            Added++;
            if (Trials.Count == StopAt) throw new IOException("Killed.");
        }
    }

    // Whatever time is waited for is over at once.
    private sealed class ImpatientClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            return base.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    // Every look at the clock is a second after the one before.
    private sealed class SteppingClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now++;
    }
}
