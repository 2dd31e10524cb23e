using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>
/// Which segment shows which step of the timeline. The record knows better than the verdicts, because a later segment can prove an
/// earlier one to have meant something else; of segments with one time, the one whose verdict agrees is taken.
/// </summary>
internal sealed class LadderStates
{
    private readonly IReadOnlyList<JudgedSegment> _segments;
    private readonly bool _isCut;
    private readonly List<(int Index, EndState Now)>[] _steps = [[], []];

    public LadderStates(ConnectionRecord connection, IReadOnlyList<JudgedSegment> segments)
    {
        _segments = segments;
        _isCut = connection.IsTimelineCut;
        int[] at = [0, 0];
        foreach (StateStep step in connection.Timeline)
        {
            ref int from = ref at[(int)step.End];
            from = Place(in step, from);
            _steps[(int)step.End].Add((from, step.Now));
        }
    }

    public bool HasStepAt(int index) => _steps[0].Exists(step => step.Index == index) || _steps[1].Exists(step => step.Index == index);

    /// <summary>The states that an end came into after one segment and up to another; what it is in where nothing is kept any more.</summary>
    public IReadOnlyList<EndState> Between(ConnectionEnd end, int after, int upTo)
    {
        List<(int Index, EndState Now)> steps = _steps[(int)end];
        EndState[] passed = [.. steps.Where(step => step.Index > after && step.Index <= upTo).Select(static step => step.Now)];
        bool isBeyond = passed.Length == 0 && (steps.Count == 0 || (_isCut && upTo > steps[^1].Index));
        SegmentVerdict verdict = _segments[upTo].Verdict;
        return isBeyond ? [end == ConnectionEnd.Originator ? verdict.OriginatorState : verdict.ResponderState] : passed;
    }

    private int Place(in StateStep step, int from)
    {
        int first = -1;
        for (int at = from; at < _segments.Count; at++)
        {
            long time = _segments[at].Segment.TimeNanoseconds;
            if (time == step.At.Nanoseconds)
            {
                SegmentVerdict verdict = _segments[at].Verdict;
                if ((step.End == ConnectionEnd.Originator ? verdict.OriginatorState : verdict.ResponderState).State == step.Now.State)
                {
                    return at;
                }

                first = first < 0 ? at : first;
            }
            else if (first >= 0)
            {
                return first;
            }
        }

        return first >= 0 ? first : Later(in step, from);
    }

    /// <summary>The segment that shows it is not kept: the next one that is.</summary>
    private int Later(in StateStep step, int from)
    {
        for (int at = from; at < _segments.Count; at++)
        {
            if (_segments[at].Segment.TimeNanoseconds >= step.At.Nanoseconds)
            {
                return at;
            }
        }

        return Math.Max(0, _segments.Count - 1);
    }
}
