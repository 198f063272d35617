using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class IalsParametersTests
{
    [Fact]
    public void Numbers_that_were_given_are_kept()
    {
        var given = new IalsParameters { UnobservedWeight = 0.3, Regularization = 0.2, PopularityExponent = 0.1 };
        Assert.Same(given, given.Resolve(Square(4)));
        Assert.Equal(0.3, new IalsParameters { UnobservedWeight = 0.3 }.Resolve(Square(4)).UnobservedWeight);
        Assert.Equal(0.2, new IalsParameters { Regularization = 0.2 }.Resolve(Square(4)).Regularization);
        Assert.Equal(0.1, new IalsParameters { PopularityExponent = 0.1 }.Resolve(Square(4)).PopularityExponent);
    }

    [Fact]
    public void Numbers_left_to_the_data_follow_from_its_density_and_counts()
    {
        // 100 x 100 with 2 per row and column: density 0.02, edge 2 * sqrt(2); of so few rows the ridge is 1.8 times that of many.
        var weight = 0.3 / 1.66;
        var resolved = new IalsParameters().Resolve(Square(100));
        Assert.Equal(weight, resolved.UnobservedWeight!.Value, 1e-6);
        Assert.Equal(1.8 * 2 * Math.Sqrt(2) / 3 / (2 + (weight * 100)), resolved.Regularization!.Value, 1e-6);
        Assert.Equal(0.192, resolved.PopularityExponent);
    }

    [Theory]
    [InlineData(1600, 0.463, 1.5625)]
    [InlineData(2500, 0.507, 1)]
    [InlineData(9000, 0.6, 1)]
    public void Popularity_weighs_more_where_data_are_sparse_and_the_ridge_where_there_are_few_rows(int size, double exponent, double ofSmall)
    {
        var resolved = new IalsParameters().Resolve(Square(size));
        Assert.Equal(exponent, resolved.PopularityExponent);
        Assert.Equal(ofSmall * 2 * Math.Sqrt(2) / 3 / (2 + (resolved.UnobservedWeight!.Value * size)), resolved.Regularization!.Value, 1e-6);
    }

    [Theory]
    [InlineData(1, 1.5625)]
    [InlineData(2, 1.5625)]
    [InlineData(9, 3)]
    public void Dislikes_raise_the_ridge_where_they_ask_for_more_than_few_rows_do(double perLike, double factor)
    {
        double Ridge(int size, double perLike) => new IalsParameters { UnobservedWeight = 0 }.Resolve(Square(size), perLike).Regularization!.Value;
        Assert.Equal(factor * Ridge(3000, 1), Ridge(1600, perLike), 1e-5);
    }

    [Fact]
    public void A_common_factor_of_all_confidences_becomes_a_factor_of_both()
    {
        var (one, ten) = (new IalsParameters().Resolve(Square(100)), new IalsParameters().Resolve(Square(100, value: 10)));
        Assert.Equal(10 * one.UnobservedWeight!.Value, ten.UnobservedWeight!.Value, 1e-5);
        Assert.Equal(10 * (2 + (100 * one.UnobservedWeight.Value)) / (2 + (1000 * one.UnobservedWeight.Value)) * one.Regularization!.Value, ten.Regularization!.Value, 1e-5);
    }

    [Fact]
    public void The_unobserved_pairs_never_outweigh_the_observed_ones() =>
        Assert.InRange(new IalsParameters().Resolve(Square(2)).UnobservedWeight!.Value, 0.4, 0.5);

    [Fact]
    public void A_fold_in_before_training_has_no_numbers()
    {
        Assert.Throws<InvalidOperationException>(() => new IalsParameters { Regularization = 1 }.FoldIn);
        Assert.Throws<InvalidOperationException>(() => new IalsParameters { UnobservedWeight = 1 }.FoldIn);
        Assert.Throws<InvalidOperationException>(() => new IalsParameters().ResolvedPopularityExponent);
    }

    [Fact]
    public void A_model_carries_the_numbers_and_they_read_back()
    {
        var model = new IalsTrainer(new IalsParameters { Factors = 3 }).Train(new(Square(100)));
        Assert.Equal(("0.180723", "0.192"), (model.Parameters["unobserved_weight"], model.Parameters["popularity_exponent"]));
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
