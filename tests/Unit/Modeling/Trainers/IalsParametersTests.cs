using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class IalsParametersTests
{
    [Fact]
    public void Numbers_that_were_given_are_kept()
    {
        var given = new IalsParameters { UnobservedWeight = 0.3, Regularization = 0.2 };
        Assert.Same(given, given.Resolve(Square(4)));
        Assert.Equal(0.3, new IalsParameters { UnobservedWeight = 0.3 }.Resolve(Square(4)).UnobservedWeight);
        Assert.Equal(0.2, new IalsParameters { Regularization = 0.2 }.Resolve(Square(4)).Regularization);
    }

    [Fact]
    public void Numbers_left_to_the_data_follow_from_its_density_and_counts()
    {
        // 100 x 100 with 2 per row and column: density 0.02, edge 2 * sqrt(2), frequency 2 + 0.3 * 100.
        var resolved = new IalsParameters().Resolve(Square(100));
        Assert.Equal(0.3, resolved.UnobservedWeight!.Value, 1e-6);
        Assert.Equal(2 * Math.Sqrt(2) / 3 / 32, resolved.Regularization!.Value, 1e-6);
    }

    [Fact]
    public void A_common_factor_of_all_confidences_becomes_a_factor_of_both()
    {
        var (one, ten) = (new IalsParameters().Resolve(Square(100)), new IalsParameters().Resolve(Square(100, value: 10)));
        Assert.Equal(10 * one.UnobservedWeight!.Value, ten.UnobservedWeight!.Value, 1e-5);
        Assert.Equal(10 * (2 + 30.0) / (2 + 300.0) * one.Regularization!.Value, ten.Regularization!.Value, 1e-5);
    }

    [Fact]
    public void The_unobserved_pairs_never_outweigh_the_observed_ones() =>
        Assert.Equal(1, new IalsParameters().Resolve(Square(3)).UnobservedWeight);

    [Fact]
    public void A_fold_in_before_training_has_no_numbers()
    {
        Assert.Throws<InvalidOperationException>(() => new IalsParameters { Regularization = 1 }.FoldIn);
        Assert.Throws<InvalidOperationException>(() => new IalsParameters { UnobservedWeight = 1 }.FoldIn);
    }

    [Fact]
    public void A_model_carries_the_numbers_and_they_read_back()
    {
        var model = new IalsTrainer(new IalsParameters { Factors = 3 }).Train(new(Square(100)));
        Assert.Equal("0.3", model.Parameters["unobserved_weight"]);
        Assert.Equal(model.FoldIn, IalsParameters.Parse(model.Parameters).FoldIn);
    }

    private static InteractionMatrix Square(int size, float value = 1)
    {
        var builder = new InteractionMatrixBuilder();
        for (var i = 0; i < size; i++)
        {
            builder.Add(i, i, value);
            builder.Add(i, (i + 1) % size, value);
        }

        return builder.Build(size, size);
    }
}
