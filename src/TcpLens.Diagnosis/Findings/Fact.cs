namespace TcpLens.Diagnosis;

/// <summary>One piece of evidence: a sentence with its numbers, and where they were read.</summary>
/// <param name="Text">"ListenOverflows +12 in 5.0 s (2.4/s)".</param>
/// <param name="Source">"TcpExt.ListenOverflows", "sock_diag skmem", "net.ipv4.tcp_max_tw_buckets".</param>
public sealed record Fact(string Text, string Source)
{
    /// <summary>The number that <see cref="Text"/> is about; null when there is not just one.</summary>
    public double? Value { get; init; }

    /// <summary>Its increase by the second between the samples; null when it is no rate.</summary>
    public double? PerSecond { get; init; }
}
