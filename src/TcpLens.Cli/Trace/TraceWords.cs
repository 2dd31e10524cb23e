using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What a trace says in words that are Diagnosis's business: why something happened, and what a name of the kernel means.</summary>
internal static class TraceWords
{
    private static readonly string?[] Errors = [.. Enumerable.Range(0, ErrnoCatalog.Last + 1).Select(static number => ErrnoCatalog.Of(number)?.Symbol)];

    /// <summary>Why a socket went to the state it went to; null for an ordinary step.</summary>
    public static string? ReasonOf(in TraceRecord record)
    {
        if (record.Kind == TraceKind.TimeWaitCancelled)
        {
            return "ended early";
        }

        return record.To == TcpState.Closed ? SymbolOf(record.Errno) : null;
    }

    /// <summary>How a connection ended, in a few words.</summary>
    public static string HowEnded(in TraceRecord record, in LifeTail tail)
        => SymbolOf(record.Errno) ?? (tail.Path.Contains(TcpState.CloseWait) ? "closed by the peer" : "closed by us");

    /// <summary>"ECONNRESET"; null for 0 and for a number that is none.</summary>
    public static string? SymbolOf(ushort errno) => errno < Errors.Length && Errors[errno] is { Length: > 0 } symbol ? symbol : null;

    /// <summary>What the errno means, in the C library's words; null for 0 and for a number that is none.</summary>
    public static string? TextOf(ushort errno) => errno == 0 ? null : ErrnoCatalog.Of(errno)?.Text;

    /// <summary>A drop reason in a few words; null when nothing is known of it.</summary>
    public static string? PhraseOfDrop(string name) => null;

    /// <summary>A reason for a reset, likewise.</summary>
    public static string? PhraseOfReset(string name) => null;
}
