using System.Globalization;
using System.Text;
using System.Text.Json;
using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>
/// smoltcp's unit tests of its TCP socket, as steps: a segment arrives, segments leave, a state, a call, at times in milliseconds. What they assert of smoltcp's
/// own fields is left out, and an ACK that leaves on its own where smoltcp lets several grow into one is no difference. Each mismatch has its reason.
/// </summary>
public sealed class SmoltcpTests
{
    private const string ShorterTimeout = "after a handshake without delay the retransmission timeout is 200 ms here, 1 s there (RFC 6298 §2.4, RFC 8961)";

    private const string Minshall = "only a small segment in flight holds back another (Nagle's algorithm as Minshall has it); to smoltcp any segment does";
    private const string Ports = "it asks whether a socket takes a segment; whose one is is found by TcpHost (HostTests)";
    private const string Octets = "it puts octets into smoltcp's buffers, or compares them, and steps tell of lengths alone (OctetQueueTests)";
    private const string Clock = "it sets timestamps on without a handshake (SegmentSizeTests)";
    private const string KeepAlives = "its keep-alives carry an octet and begin when they are turned on (KeepAliveTests, RFC 9293 §3.8.4)";

    private static readonly Dictionary<string, string> Mismatches = new()
    {
        ["test_established_fin_after_missing"] = "a FIN that came before the octets in front of it is remembered and acknowledged with them; smoltcp waits for it to come again",
        ["test_last_ack_ack_not_of_fin"] = "an ACK that says nothing new is ignored in LAST-ACK (RFC 9293 §3.10.7.4, fifth step); smoltcp answers it",
        ["test_retransmit_fin"] = ShorterTimeout,
        ["test_retransmit_fin_wait"] = ShorterTimeout,
        ["test_zero_window_probe_exit_ack"] = ShorterTimeout,
        ["test_zero_window_probe_backoff_nack_reply"] = ShorterTimeout,
        ["test_last_ack_timeout"] = "who gives up after the user timeout sends no RST (RFC 9293 §3.10.8); smoltcp sends one",
        ["test_delayed_ack"] = "an ACK is delayed by 40 ms at most, not 10 (RFC 9293 §3.8.6.3)",
        ["test_congestion_window_limits_data_in_flight"] = "slow start lets two segments out for one that is acknowledged (RFC 5681 §3.1), smoltcp one",
        ["test_congestion_window_doesnt_limit_fast_retransmit"] = "duplicate ACKs let new segments out before the third has the first sent again (RFC 3042)",
        ["test_data_retransmit_bursts"] = ShorterTimeout,
        ["test_retransmit_timer_restart_on_partial_ack"] = ShorterTimeout,
        ["test_data_retransmit_bursts_half_ack_close"] = "a FIN behind a full segment is sent again on its own",
        ["test_fin_wait_1_retransmit_reset_after_ack"] = "a FIN takes room in the peer's window (RFC 9293 §3.4); smoltcp sends it beyond",
        ["test_maximum_segment_size"] = Minshall,
        ["test_nagle"] = Minshall,
    };

    /// <summary>Tests that no steps can tell, and what holds the same here.</summary>
    private static readonly Dictionary<string, string> Lacking = new()
    {
        ["test_closed_reject"] = Ports,
        ["test_closed_reject_after_listen"] = Ports,
        ["test_doesnt_accept_wrong_port"] = Ports,
        ["test_connect_validation"] = "it opens connections to no address and to no port; that is TcpHost's to refuse (AddressTests)",
        ["test_established_close_on_src_ip_change"] = "its interface changes its address; a host here has the same ones for ever",
        ["test_syn_sent_sanity"] = "it compares two of smoltcp's sockets with each other",
        ["test_peek_slice"] = Octets,
        ["test_peek_slice_buffer_wrap"] = Octets,
        ["test_buffer_wraparound_tx"] = Octets,
        ["test_established_sack_no_overflow_on_near_max_seqnumber"] = "it sets RCV.NXT just before the numbers wrap; every test by Peer does",
        ["test_established_options_reduce_payload_when_remote_mss_limited"] = Clock,
        ["test_nagle_works_with_reduced_payload_from_options"] = Clock,
        ["test_retransmit_exponential_backoff"] = "its times follow smoltcp's own estimate (RetransmissionTests)",
        ["test_established_keep_alive_timeout"] = KeepAlives,
        ["test_sends_keep_alive"] = KeepAlives,
        ["test_timer_retransmit"] = "it is of smoltcp's timer alone",
        ["test_rtt_estimator"] = "it is of smoltcp's estimator alone, which counts in whole milliseconds (RttEstimatorTests)",
        ["test_set_get_congestion_control"] = "it is of smoltcp's settings alone",
    };

    /// <summary>One test each, over sizes and scales.</summary>
    private static readonly string[] Loops = ["test_listen_syn_win_scale_buffers", "test_syn_sent_win_scale_buffers", "test_syn_received_window_scaling"];

    private static readonly JsonElement[] Tests = Read();

    public static TheoryData<int> Scales => [.. Enumerable.Range(0, 14)];

    public static TheoryData<string> Names => [.. Tests.Select(Name).Where(name => !Lacking.ContainsKey(name) && !Loops.Contains(name))];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_test_of_smoltcp_holds_or_its_mismatch_is_known(string name)
    {
        string? mismatch = Mismatch(Array.Find(Tests, test => Name(test) == name), SmoltcpSupplement.All.GetValueOrDefault(name, SmoltcpSupplement.None));
        if (Mismatches.TryGetValue(name, out string? reason))
        {
            Assert.True(mismatch is not null, $"it holds now: {reason}");
        }
        else
        {
            Assert.True(mismatch is null, mismatch);
        }
    }

    [Fact]
    public void Every_mismatch_is_of_a_test() => Assert.Empty(Mismatches.Keys.Except(Names.Select(row => row.Data)));

    [Fact]
    public void A_test_that_has_statements_for_steps_is_told_here_or_says_why_not()
    {
        string[] incomplete = [.. Tests.Where(test => !test.GetProperty("complete").GetBoolean()).Select(Name)];
        Assert.Equal(incomplete.Order(), SmoltcpSupplement.All.Keys.Concat(Lacking.Keys).Concat(Loops).Order());
        string page = File.ReadAllText(Path.Combine(SharedData.Repository, "docs", "conformance.md"));
        Assert.All(Lacking, row => Assert.Contains($"| {row.Key} | {row.Value} |", page));
    }

    /// <summary>test_listen_syn_win_scale_buffers and test_syn_sent_win_scale_buffers.</summary>
    [Theory]
    [InlineData(64, 0)]
    [InlineData(1024, 0)]
    [InlineData(65535, 0)]
    [InlineData(65536, 1)]
    [InlineData(65537, 1)]
    [InlineData(131071, 1)]
    [InlineData(131072, 2)]
    [InlineData(524287, 3)]
    [InlineData(524288, 4)]
    [InlineData(655350, 4)]
    [InlineData(1048576, 5)]
    public void The_window_scale_is_the_least_that_can_say_the_buffer(int buffer, int shift)
    {
        var settings = new TcpSettings { ReceiveBuffer = buffer };
        Peer connecting = Peer.Connecting(settings), listening = Peer.Listening(settings);
        Assert.Equal(shift, connecting.Only.Options.WindowScale.Shift);
        listening.Give(ControlBits.Syn, options: new() { Present = SegmentOptionSet.WindowScale });
        Assert.Equal(shift, listening.Only.Options.WindowScale.Shift);
    }

    /// <summary>test_syn_received_window_scaling.</summary>
    [Theory]
    [MemberData(nameof(Scales))]
    public void The_peers_windows_are_scaled_as_its_SYN_said_from_the_handshakes_last_ACK_on(int shift)
    {
        Peer peer = Peer.Listening();
        peer.Give(ControlBits.Syn, window: 42, options: new() { Present = SegmentOptionSet.WindowScale, WindowScale = new((byte)shift) });
        Assert.Equal(TcpState.SynReceived, peer.Subject.State);
        peer.Give(ControlBits.Ack, window: 42);
        Assert.Equal(42u << shift, peer.Subject.Status.SendWindow);
    }

    private static string Name(JsonElement test) => test.GetProperty("name").GetString()!;

    private static string? Mismatch(JsonElement test, SmoltcpSupplement supplement)
    {
        OracleConnection end = Begin(test.GetProperty("setup"), supplement);
        Instant start = end.Now;
        var waiting = new Queue<string>();
        JsonElement[] steps = [.. supplement.Complete(test.GetProperty("steps"))];
        for (int number = 1; number <= steps.Length; number++)
        {
            JsonElement step = steps[number - 1];
            if (step.TryGetProperty("time", out JsonElement time) && time.ValueKind == JsonValueKind.Number)
            {
                end.Now = start + TimeSpan.FromMilliseconds(time.GetInt32());
                end.Connection.OnTimeout(end.Now);
            }

            bool isMoreTold = number < steps.Length && steps[number].GetProperty("op").GetString() == "out";
            if (Do(step, isMoreTold, end, waiting) is { } difference)
            {
                return $"step {number}: {difference}";
            }
        }

        return null;
    }

    private static string? Do(JsonElement step, bool isMoreTold, OracleConnection end, Queue<string> waiting)
    {
        switch (step.GetProperty("op").GetString())
        {
            case "in":
                Arrive(step.GetProperty("seg"), end);
                Collect(end, waiting);
                JsonElement reply = step.GetProperty("reply");
                return reply.ValueKind == JsonValueKind.Null ? null : Expect(reply, waiting);
            case "out":
                Collect(end, waiting);
                return Leave(step.GetProperty("segs"), isMoreTold, waiting);
            case "state" when step.TryGetProperty("state", out JsonElement state):
                TcpState expected = Enum.Parse<TcpState>(state.GetString()!);
                return end.Connection.State == expected ? null : $"{end.Connection.State}, not {expected}";
            case "call":
                return Call(step.GetProperty("name").GetString()!, step.GetProperty("args").GetString()!, end);
            default:
                return null;
        }
    }

    /// <summary>All that are expected, in their order; then nothing but an ACK may leave, unless the next step tells what does.</summary>
    private static string? Leave(JsonElement segments, bool isMoreTold, Queue<string> waiting)
    {
        foreach (JsonElement segment in segments.EnumerateArray())
        {
            if (Expect(segment, waiting) is { } difference)
            {
                return difference;
            }
        }

        if (isMoreTold && segments.GetArrayLength() > 0)
        {
            return null;
        }

        string? more = waiting.FirstOrDefault(text => !IsBareAck(text));
        waiting.Clear();
        return more is null ? null : $"sends {more} too";
    }

    private static string? Expect(JsonElement segment, Queue<string> waiting)
    {
        string expected = Describe(segment);
        while (waiting.TryDequeue(out string? text))
        {
            if (text == expected)
            {
                return null;
            }

            if (!IsBareAck(text))
            {
                return $"sends {text}, not {expected}";
            }
        }

        return $"sends nothing, not {expected}";
    }

    private static bool IsBareAck(string text) => text.StartsWith("None ", StringComparison.Ordinal) && text.EndsWith(" 0", StringComparison.Ordinal);

    private static void Collect(OracleConnection end, Queue<string> waiting)
    {
        foreach ((ControlBits bits, SeqNum sequence, SeqNum acknowledgment, int length) in end.Take())
        {
            string control = bits.Has(ControlBits.Syn) ? "Syn" : bits.Has(ControlBits.Fin) ? "Fin" : bits.Has(ControlBits.Rst) ? "Rst" : "None";
            string ack = bits.Has(ControlBits.Ack) ? $"R+{acknowledgment.Value}" : "-";
            waiting.Enqueue($"{control} L+{sequence - OracleConnection.Ours} {ack} {length}");
        }
    }

    private static string Describe(JsonElement segment)
    {
        string acknowledgment = segment.GetProperty("ack").GetString() is { } text ? $"R+{Distance(text)}" : "-";
        string control = segment.GetProperty("control").GetString()!;
        return $"{(control == "Psh" ? "None" : control)} L+{Distance(segment.GetProperty("seq").GetString()!)} {acknowledgment} {Length(segment)}";
    }

    private static void Arrive(JsonElement segment, OracleConnection end)
    {
        ControlBits bits = segment.GetProperty("control").GetString() switch
        {
            "Syn" => ControlBits.Syn,
            "Fin" => ControlBits.Fin,
            "Rst" => ControlBits.Rst,
            _ => ControlBits.None,
        };
        string? acknowledgment = segment.GetProperty("ack").GetString();
        bits |= acknowledgment is null ? ControlBits.None : ControlBits.Ack;
        ushort window = segment.TryGetProperty("win", out JsonElement field) ? field.GetUInt16() : (ushort)256;
        end.Arrive(
            bits,
            new(unchecked((uint)Distance(segment.GetProperty("seq").GetString()!))),
            acknowledgment is null ? new(0) : OracleConnection.Ours + unchecked((uint)Distance(acknowledgment)),
            Length(segment),
            hasOptions: false,
            window,
            segment.TryGetProperty("mss", out JsonElement size) ? size.GetUInt16() : (ushort)0);
    }

    private static int Length(JsonElement segment) => segment.TryGetProperty("len", out JsonElement length) ? length.GetInt32() : 0;

    /// <summary>"L+1+3", "R-1": how far from the beginning.</summary>
    private static int Distance(string text)
    {
        int sum = 0;
        string terms = text[1..].Replace("-", "+-", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        foreach (string term in terms.Split('+', StringSplitOptions.RemoveEmptyEntries))
        {
            sum += int.Parse(term, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        return sum;
    }

    private static string? Call(string name, string arguments, OracleConnection end)
    {
        switch (name)
        {
            case "close":
                end.Connection.CloseSending(end.Now);
                return null;
            case "abort":
                end.Connection.Abort(end.Now);
                return null;
            case "connect":
                end.Connection.Connect(end.Now);
                return null;
            case "listen":
                end.Connection.Listen();
                return null;
            case "send_slice":
                byte[] octets = Quoted(arguments);
                int sent = end.Connection.Send(octets, end.Now);
                return sent == octets.Length ? null : $"takes {sent} octets of {octets.Length}";
            case "recv_slice":
                end.Connection.Receive(new byte[1], end.Now);
                return null;
            case "recv":
                byte[] wanted = Quoted(arguments);
                byte[] buffer = new byte[Math.Max(wanted.Length, 1)];
                int received = wanted.Length == 0 ? end.Connection.Readable : end.Connection.Receive(buffer, end.Now);
                return received == wanted.Length ? null : $"gives {received} octets, not {wanted.Length}";
            default:
                return null;
        }
    }

    private static byte[] Quoted(string text)
    {
        int start = text.IndexOf('"', StringComparison.Ordinal);
        return Encoding.ASCII.GetBytes(text[(start + 1)..text.LastIndexOf('"')]);
    }

    /// <summary>The state that a test begins in, with what its last step sends still to be taken, as in smoltcp.</summary>
    private static OracleConnection Begin(JsonElement setup, SmoltcpSupplement supplement)
    {
        string function = setup.ValueKind == JsonValueKind.Null ? "socket" : setup.GetProperty("fn").GetString()!;
        TcpState state = supplement.Begins ?? function switch
        {
            "socket" => TcpState.Closed,
            "socket_listen" => TcpState.Listen,
            "socket_syn_sent" => TcpState.SynSent,
            "socket_syn_received" => TcpState.SynReceived,
            "socket_fin_wait_1" => TcpState.FinWait1,
            "socket_fin_wait_2" => TcpState.FinWait2,
            "socket_closing" => TcpState.Closing,
            "socket_time_wait" => TcpState.TimeWait,
            "socket_close_wait" => TcpState.CloseWait,
            "socket_last_ack" => TcpState.LastAck,
            _ => TcpState.Established,
        };
        var settings = new TcpSettings
        {
            ReceiveBuffer = supplement.ReceiveBuffer,
            SendBuffer = supplement.SendBuffer,
            WindowScaling = false,
            Timestamps = false,
            SelectiveAcknowledgment = false,
            Congestion = supplement.RenoWindow == 0 ? CongestionAlgorithm.Cubic : CongestionAlgorithm.NewReno,
            InitialWindow = supplement.RenoWindow == 0 ? TcpSettings.Default.InitialWindow : supplement.RenoWindow,
            Options = ConnectionOptions.Default with { MaximumSegmentSize = supplement.SegmentSize },
        };
        bool takesLast = state is TcpState.Established or TcpState.CloseWait or TcpState.FinWait2 or TcpState.Closing
            || (setup.ValueKind != JsonValueKind.Null && setup.GetProperty("args").GetString() == "true");
        var end = new OracleConnection(state, isPassive: state != TcpState.SynSent, settings, takesLast, supplement.PeerWindow);
        if (function == "socket_recved")
        {
            end.Arrive(ControlBits.Ack, new(1), OracleConnection.Ours + 1, 6);
            end.Take();
        }

        return end;
    }

    private static JsonElement[] Read()
    {
        using FileStream file = File.OpenRead(Path.Combine(SharedData.Conformance, "smoltcp-unit.json"));
        return [.. JsonDocument.Parse(file).RootElement.GetProperty("tests").EnumerateArray()];
    }
}
