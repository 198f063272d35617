namespace Recommender.Features.Online;

/// <summary>A value that was read and can't be decoded.</summary>
/// <param name="Id">The viewer or video.</param>
/// <param name="Bytes">What is stored.</param>
/// <param name="Problem">What is wrong with it.</param>
internal readonly record struct DamagedValue(string Id, byte[] Bytes, InvalidDataException Problem);
