namespace TcpLens.Observation;

/// <summary>Something that could not be seen. Whoever shows a snapshot shows these too: an empty table must not look like a quiet machine.</summary>
/// <param name="What">What is missing, for example "owners of other users' sockets".</param>
/// <param name="Why">The reason in a few words, for example "no permission" or "IPv6 is switched off".</param>
/// <param name="Remedy">What would show it; null when nothing would.</param>
public sealed record BlindSpot(string What, string Why, string? Remedy = null)
{
    public override string ToString() => Remedy is null ? $"{What}: {Why}" : $"{What}: {Why}; {Remedy}";
}
