namespace TcpLens.Protocol.Tests;

/// <summary>RFC 9293 §3.3.2 and §3.10 written out a second time, as a square of every state and every event.</summary>
public sealed class TcpTransitionsTests
{
    // C CLOSED, L LISTEN, SS SYN-SENT, SR SYN-RECEIVED, E ESTABLISHED, F1 F2 FIN-WAIT-1 -2, CW CLOSE-WAIT, CG CLOSING, LA LAST-ACK,
    // TW TIME-WAIT, - no move.
    private const string Square = """
                           C   L   SS  SR  E   F1  F2  CW  CG  LA  TW
        PassiveOpen        L   -   -   -   -   -   -   -   -   -   -
        ActiveOpen         SS  SS  -   -   -   -   -   -   -   -   -
        Send               -   SS  -   -   -   -   -   -   -   -   -
        Close              -   C   C   F1  F1  -   -   LA  -   -   -
        Abort              -   C   C   C   C   C   C   C   C   C   C
        Syn                -   SR  SR  -   -   -   -   -   -   -   -
        SynAck             -   -   E   E   -   -   -   -   -   -   -
        AckOfSyn           -   -   -   E   -   -   -   -   -   -   -
        Fin                -   -   -   CW  CW  CG  TW  -   -   -   -
        AckOfFin           -   -   -   -   -   F2  -   -   TW  C   -
        FinAckOfFin        -   -   -   -   -   TW  -   -   -   -   -
        Reset              -   -   C   C   C   C   C   C   C   C   C
        ResetOfPassiveOpen -   -   -   L   -   -   -   -   -   -   -
        SynOfPassiveOpen   -   -   -   L   -   -   -   -   -   -   -
        NewSyn             -   -   -   -   -   -   -   -   -   -   SR
        UserTimeout        -   -   C   C   C   C   C   C   C   C   -
        TwoMslTimeout      -   -   -   -   -   -   -   -   -   -   C
        """;

    private static readonly Dictionary<string, TcpState> Short = new(StringComparer.Ordinal)
    {
        ["C"] = TcpState.Closed,
        ["L"] = TcpState.Listen,
        ["SS"] = TcpState.SynSent,
        ["SR"] = TcpState.SynReceived,
        ["E"] = TcpState.Established,
        ["F1"] = TcpState.FinWait1,
        ["F2"] = TcpState.FinWait2,
        ["CW"] = TcpState.CloseWait,
        ["CG"] = TcpState.Closing,
        ["LA"] = TcpState.LastAck,
        ["TW"] = TcpState.TimeWait,
    };

    public static TheoryData<TcpState, TcpEvent, TcpState?> EveryStateAndEvent()
    {
        string[] lines = Square.Split('\n');
        string[] states = lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        TheoryData<TcpState, TcpEvent, TcpState?> rows = [];
        foreach (string line in lines[1..])
        {
            string[] cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < states.Length; i++)
            {
                string cell = cells[i + 1];
                rows.Add(Short[states[i]], Enum.Parse<TcpEvent>(cells[0]), cell == "-" ? null : Short[cell]);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(EveryStateAndEvent))]
    public void An_event_moves_a_state_exactly_where_the_RFC_says(TcpState state, TcpEvent @event, TcpState? expected)
        => Assert.Equal(expected, TcpTransitions.Next(state, @event));

    [Fact]
    public void The_square_holds_every_state_and_every_event()
        => Assert.Equal(Enum.GetValues<TcpState>().Length * Enum.GetValues<TcpEvent>().Length, EveryStateAndEvent().Count);

    [Fact]
    public void No_state_and_event_stand_in_two_rows()
        => Assert.Equal(TcpTransitions.All.Count, TcpTransitions.All.Select(row => (row.From, row.Event)).Distinct().Count());

    [Fact]
    public void Closed_is_reachable_from_every_state_and_every_state_from_closed()
    {
        foreach (TcpState state in Enum.GetValues<TcpState>())
        {
            Assert.True(Reachable(state).Contains(TcpState.Closed), $"{state} never ends");
            Assert.True(Reachable(TcpState.Closed).Contains(state), $"{state} never begins");
        }
    }

    [Fact]
    public void Numbers_that_name_nothing_move_nothing()
    {
        Assert.Null(TcpTransitions.Next(default, TcpEvent.Reset));
        Assert.Null(TcpTransitions.Next((TcpState)12, TcpEvent.Reset));
        Assert.Null(TcpTransitions.Next((TcpState)255, (TcpEvent)255));
        Assert.Null(TcpTransitions.Next(TcpState.Listen, (TcpEvent)255));
    }

    [Fact]
    public void From_into_and_between_are_views_of_the_one_table()
    {
        foreach (TcpState state in Enum.GetValues<TcpState>())
        {
            Assert.Equal(TcpTransitions.All.Where(row => row.From == state), TcpTransitions.From(state));
            Assert.Equal(TcpTransitions.All.Where(row => row.To == state), TcpTransitions.Into(state));
            foreach (TcpState other in Enum.GetValues<TcpState>())
            {
                Assert.Equal(TcpTransitions.All.Where(row => row.From == state && row.To == other), TcpTransitions.Between(state, other));
                Assert.Equal(TcpTransitions.Between(state, other).Any(), TcpTransitions.HasPair(state, other));
            }
        }
    }

    [Theory]
    [InlineData(TcpState.Listen, TcpState.SynSent)]
    [InlineData(TcpState.SynSent, TcpState.SynReceived)]
    [InlineData(TcpState.SynReceived, TcpState.Listen)]
    [InlineData(TcpState.SynReceived, TcpState.FinWait1)]
    [InlineData(TcpState.SynReceived, TcpState.CloseWait)]
    [InlineData(TcpState.FinWait1, TcpState.TimeWait)]
    [InlineData(TcpState.FinWait1, TcpState.Closing)]
    [InlineData(TcpState.SynSent, TcpState.Closed)]
    [InlineData(TcpState.TimeWait, TcpState.SynReceived)]
    public void The_rare_ways_have_names(TcpState from, TcpState to)
        => Assert.Contains(TcpTransitions.Between(from, to), row => row.IsRare);

    [Fact]
    public void The_everyday_life_of_a_connection_has_no_rare_step()
    {
        TcpState[] active = Walk(TcpEvent.ActiveOpen, TcpEvent.SynAck, TcpEvent.Close, TcpEvent.AckOfFin, TcpEvent.Fin, TcpEvent.TwoMslTimeout);
        TcpState[] passive = Walk(TcpEvent.PassiveOpen, TcpEvent.Syn, TcpEvent.AckOfSyn, TcpEvent.Fin, TcpEvent.Close, TcpEvent.AckOfFin);
        Assert.Equal(
            [TcpState.SynSent, TcpState.Established, TcpState.FinWait1, TcpState.FinWait2, TcpState.TimeWait, TcpState.Closed], active);
        Assert.Equal(
            [TcpState.Listen, TcpState.SynReceived, TcpState.Established, TcpState.CloseWait, TcpState.LastAck, TcpState.Closed], passive);
    }

    [Fact]
    public void What_Linux_does_in_another_way_is_told_in_a_sentence()
        => Assert.All(
            TcpTransitions.All.Where(row => row.Linux != LinuxSupport.Same || row.LinuxNote.Length != 0),
            row => Assert.EndsWith(".", row.LinuxNote));

    [Fact]
    public void Linux_never_lets_a_listener_call()
        => Assert.Equal(
            [(TcpState.Listen, TcpEvent.ActiveOpen), (TcpState.Listen, TcpEvent.Send)],
            TcpTransitions.All.Where(row => row.Linux == LinuxSupport.Never).Select(row => (row.From, row.Event)));

    [Fact]
    public void Every_event_has_words()
        => Assert.Equal(Enum.GetValues<TcpEvent>().Length, Enum.GetValues<TcpEvent>().Select(TcpEventText.Describe).Distinct().Count());

    private static TcpState[] Walk(params TcpEvent[] events)
    {
        List<TcpState> states = [];
        TcpState state = TcpState.Closed;
        foreach (TcpEvent @event in events)
        {
            TcpState? next = TcpTransitions.Next(state, @event);
            Assert.NotNull(next);
            Assert.False(TcpTransitions.From(state).Single(row => row.Event == @event).IsRare);
            states.Add(state = next.Value);
        }

        return [.. states];
    }

    private static HashSet<TcpState> Reachable(TcpState start)
    {
        HashSet<TcpState> seen = [start];
        Queue<TcpState> open = new(seen);
        while (open.TryDequeue(out TcpState state))
        {
            foreach (TcpTransition row in TcpTransitions.From(state).Where(row => seen.Add(row.To)))
            {
                open.Enqueue(row.To);
            }
        }

        return seen;
    }
}
