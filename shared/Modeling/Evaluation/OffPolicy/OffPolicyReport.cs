namespace Recommender.Modeling.Evaluation.OffPolicy;

/// <summary>What a policy would have earned per choice, estimated from another policy's log.</summary>
/// <param name="InversePropensity">IPS: unbiased, of large variance.</param>
/// <param name="SelfNormalized">SNIPS: as IPS, divided by the mean weight; a little biased, steadier.</param>
/// <param name="DoublyRobust">DR: a model of the rewards, corrected by the weighted errors that it makes on the log.</param>
/// <param name="Choices">Choices in the log.</param>
/// <param name="RewardedChoices">Those of them that earned anything. From few, intervals are rough; from none there is nothing to say.</param>
/// <param name="EffectiveChoices">As many choices by the policy itself would be worth the same: (sum of weights)^2 / (sum of squared weights).</param>
/// <param name="MeanWeight">About 1 where the logged propensities are right and the logging policy leaves nothing out.</param>
/// <param name="LargestWeight">The largest weight of one choice.</param>
public sealed record OffPolicyReport(
    BootstrapInterval InversePropensity, BootstrapInterval SelfNormalized, BootstrapInterval DoublyRobust, int Choices, int RewardedChoices,
    double EffectiveChoices, double MeanWeight, double LargestWeight);
