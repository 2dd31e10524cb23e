namespace TcpLens.Diagnosis;

/// <summary>Numbers in sentences.</summary>
public static class Words
{
    /// <summary>"1 handshake", "2,304 handshakes".</summary>
    public static string Of(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count:N0} {noun}s";

    /// <summary>"1 recovery", "12 recoveries".</summary>
    public static string Of(long count, string one, string many) => count == 1 ? $"1 {one}" : $"{count:N0} {many}";

    /// <summary>"850 ms", "12 s", "4 min", "3.5 h", "2 days".</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 1 } => $"{age.TotalMilliseconds:0} ms",
        { TotalMinutes: < 2 } => $"{age.TotalSeconds:0} s",
        { TotalHours: < 2 } => $"{age.TotalMinutes:0} min",
        { TotalDays: < 2 } => $"{age.TotalHours:0.#} h",
        _ => $"{age.TotalDays:0} days",
    };

    /// <summary>"412 octets", "1.5 KiB", "22 MiB".</summary>
    public static string Octets(double octets) => octets switch
    {
        < 1024 => $"{octets:0} octets",
        < 1024 * 1024 => $"{octets / 1024:0.#} KiB",
        < 1024.0 * 1024 * 1024 => $"{octets / (1024 * 1024):0.#} MiB",
        _ => $"{octets / (1024.0 * 1024 * 1024):0.#} GiB",
    };
}
