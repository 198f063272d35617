namespace Recommender.Hosting.Errors;

/// <summary>One wrong field of a request.</summary>
/// <param name="Field">Path of the field as the .proto names it, e.g. <c>event.user_id</c> or <c>events[3].video_id</c>.</param>
/// <param name="Description">What is wrong, with the allowed range.</param>
public readonly record struct FieldViolation(string Field, string Description);
