using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>Chooses what a ladder of bounded length shows, and where it says that something is left out.</summary>
internal static class LadderLayout
{
    /// <summary>A pause shorter than this is none, whatever the pace.</summary>
    private const long LeastSilence = 10_000_000;

    /// <summary>The same where the round-trip time is not known.</summary>
    private const long LeastSilenceWithoutRtt = 50_000_000;

    public static List<LadderRow> Rows(IReadOnlyList<JudgedSegment> segments, LadderStates states, TimeSpan? roundTrip, int limit)
    {
        bool[] chosen = Choose(segments, states, limit);
        long silence = Silence(segments, roundTrip);
        List<LadderRow> rows = [];
        int before = -1;
        for (int at = 0; at < segments.Count; at++)
        {
            if (!chosen[at])
            {
                continue;
            }

            long missing = segments[at].Ordinal - 1 - (before < 0 ? 0 : segments[before].Ordinal);
            long pause = before < 0 ? 0 : segments[at].Segment.TimeNanoseconds - segments[before].Segment.TimeNanoseconds;
            if (missing > 0)
            {
                rows.Add(new(LadderRowKind.Elision, at, missing, pause));
            }
            else if (pause >= silence)
            {
                rows.Add(new(LadderRowKind.Silence, at, 0, pause));
            }

            rows.Add(new(LadderRowKind.Segment, at, 0, 0));
            before = at;
        }

        return rows;
    }

    /// <summary>The beginning, the end, every change of state, and what has marks with what stands beside it: in this order, while there is room.</summary>
    private static bool[] Choose(IReadOnlyList<JudgedSegment> segments, LadderStates states, int limit)
    {
        var chosen = new bool[segments.Count];
        int room = Math.Max(8, limit);
        if (segments.Count <= room)
        {
            Array.Fill(chosen, true);
            return chosen;
        }

        int side = room / 5;
        Take(0, side);
        Take(segments.Count - side, side);
        for (int at = 1; at < segments.Count; at++)
        {
            if (states.HasStepAt(at))
            {
                Take(at, 1);
            }
        }

        TakeMarked(MarkWeight.Trouble);
        TakeMarked(MarkWeight.Notice);
        Take(side, room);
        return chosen;

        void TakeMarked(MarkWeight weight)
        {
            for (int at = 1; at < segments.Count && room > 0; at++)
            {
                if (segments[at].Verdict.Marks.Weight == weight)
                {
                    Take(at - 1, 3);
                }
            }
        }

        void Take(int from, int count)
        {
            for (int at = from; at < Math.Min(from + count, segments.Count) && room > 0; at++)
            {
                room -= chosen[at] ? 0 : 1;
                chosen[at] = true;
            }
        }
    }

    /// <summary>Ten times the usual pause and three round trips: what is longer is worth a row.</summary>
    private static long Silence(IReadOnlyList<JudgedSegment> segments, TimeSpan? roundTrip)
    {
        if (segments.Count < 2)
        {
            return long.MaxValue;
        }

        var pauses = new long[segments.Count - 1];
        for (int at = 0; at < pauses.Length; at++)
        {
            pauses[at] = segments[at + 1].Segment.TimeNanoseconds - segments[at].Segment.TimeNanoseconds;
        }

        Array.Sort(pauses);
        long usual = Math.Clamp(pauses[pauses.Length / 2], 0, long.MaxValue / 10);
        long least = roundTrip is { } rtt ? Math.Max(LeastSilence, rtt.Ticks * 3 * TimeSpan.NanosecondsPerTick) : LeastSilenceWithoutRtt;
        return Math.Max(least, segments.Count < 8 ? 0 : usual * 10);
    }
}
