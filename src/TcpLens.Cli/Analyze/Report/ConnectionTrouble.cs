using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>How much trouble a connection had, to choose which are worth a picture.</summary>
internal static class ConnectionTrouble
{
    private const long TroubleWeight = 4;
    private const long UnevenEnd = 2;

    /// <summary>Marks of trouble count four times as much as notices; 0 for a connection without any and with an orderly end.</summary>
    public static long Of(ConnectionRecord record)
        => Of(record.FromOriginator) + Of(record.FromResponder) + (IsUneven(record.Outcome) ? UnevenEnd : 0);

    private static long Of(EndAccount account)
    {
        long sum = 0;
        foreach ((SegmentMarks mark, long count) in account.Marks)
        {
            sum += mark.Weight switch
            {
                MarkWeight.Trouble => TroubleWeight * count,
                MarkWeight.Notice => count,
                _ => 0,
            };
        }

        return sum;
    }

    private static bool IsUneven(ConnectionOutcome outcome)
        => outcome is ConnectionOutcome.ResetByOriginator or ConnectionOutcome.ResetByResponder or ConnectionOutcome.ResetInHandshake
            or ConnectionOutcome.HalfClosedByOriginator or ConnectionOutcome.HalfClosedByResponder or ConnectionOutcome.HalfOpen;
}
