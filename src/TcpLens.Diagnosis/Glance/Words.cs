namespace TcpLens.Diagnosis;

/// <summary>"1 handshake", "2,304 handshakes".</summary>
internal static class Words
{
    public static string Of(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count:N0} {noun}s";
}
