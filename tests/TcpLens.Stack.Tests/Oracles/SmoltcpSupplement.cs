using System.Text.Json;
using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>
/// What a test of smoltcp's says in Rust where the others have steps, told in their notation: sizes that it sets, and what a statement does, by the
/// number of its step.
/// </summary>
internal sealed record SmoltcpSupplement
{
    public TcpState? Begins { get; init; }

    public int ReceiveBuffer { get; init; } = 64;

    public int SendBuffer { get; init; } = 64;

    /// <summary>The MSS that is used in both directions; 0: what the SYNs say.</summary>
    public ushort SegmentSize { get; init; }

    /// <summary>What the peer showed in the handshake.</summary>
    public ushort PeerWindow { get; init; } = 32767;

    /// <summary>Segments of the first flight, by NewReno; 0: this stack's own choice.</summary>
    public int RenoWindow { get; init; }

    /// <summary>A JSON array of steps for the statement with this number, counted from 0.</summary>
    public IReadOnlyDictionary<int, string> Steps { get; init; } = new Dictionary<int, string>();

    public static readonly SmoltcpSupplement None = new();

    public static readonly IReadOnlyDictionary<string, SmoltcpSupplement> All = new Dictionary<string, SmoltcpSupplement>
    {
        ["test_listen_rst"] = One(0, """{"op":"in","seg":{"control":"Rst","seq":"R","ack":null},"reply":null}"""),
        ["test_syn_received_fin"] = None,
        ["test_connect"] = One(1, Connect),
        ["test_connect_synack_tiny_mss_is_clamped"] = One(1, Connect),
        ["test_syn_sent_rst_bad_ack"] = One(0, """{"op":"in","seg":{"control":"Rst","seq":"R","ack":"L-8766"},"reply":null}"""),
        ["test_established_send_buf_gt_win"] = new()
        {
            Begins = TcpState.Established,
            PeerWindow = 16,
            Steps = new Dictionary<int, string>
            {
                [3] = """[{"op":"call","name":"send_slice","args":"\"01234567890123456789012345678901\""}]""",
                [4] = """[{"op":"out","segs":[{"control":"None","seq":"L+1","ack":"R+1","len":16}]}]""",
            },
        },
        ["test_last_ack_partial_ack_no_challenge_ack"] = new()
        {
            Begins = TcpState.CloseWait,
            Steps = new Dictionary<int, string>
            {
                [0] = """[{"op":"call","name":"send_slice","args":"\"x\""},{"op":"call","name":"close","args":""}]""",
                [1] = """[{"op":"out","segs":[{"control":"Fin","seq":"L+1","ack":"R+2","len":1}]}]""",
            },
        },
        ["test_congestion_window_limits_data_in_flight"] = Reno(3, 4, (5, 0, 1), (6, 0, 1025), (9, 10, 2049)),
        ["test_congestion_window_doesnt_limit_fast_retransmit"] = Reno(4, 5, (6, 0, 1), (7, 0, 1025), (12, 20, 1)),
        ["test_data_retransmit_bursts"] = OfSix,
        ["test_data_retransmit_bursts_half_ack"] = OfSix,
        ["test_retransmit_timer_restart_on_partial_ack"] = OfSix,
        ["test_data_retransmit_bursts_half_ack_close"] = OfSix,
        ["test_established_retransmit_reset_after_ack"] = new() { PeerWindow = 6 },
        ["test_established_queue_during_retransmission"] = OfSix,
        ["test_fin_wait_1_retransmit_reset_after_ack"] = new() { PeerWindow = 6 },
        ["test_maximum_segment_size"] = new()
        {
            SendBuffer = 32767,
            Steps = new Dictionary<int, string> { [4] = $$"""[{"op":"call","name":"send_slice","args":"\"{{new string('0', 1200)}}\""}]""" },
        },
        ["test_recv_out_of_recv_win"] = new() { SegmentSize = 32 },
        ["test_close_wait_no_window_update"] = Read(0, 4, "R+1", "L+1"),
        ["test_time_wait_no_window_update"] = Read(0, 4, "R+1", "L+2"),
        ["test_zero_window_ack"] = ReceivesSix,
        ["test_zero_window_ack_not_rate_limited"] = ReceivesSix,
        ["test_zero_window_fin"] = ReceivesSix with
        {
            Steps = new Dictionary<int, string> { [5] = """[{"op":"in","seg":{"control":"Fin","seq":"R+7","ack":"L+1"},"reply":null}]""" },
        },
        ["test_zero_window_ack_on_window_growth"] = ReceivesSix with
        {
            Steps = new Dictionary<int, string>
            {
                [5] = """[{"op":"call","name":"recv","args":"\"abc\""}]""",
                [8] = """[{"op":"call","name":"recv","args":"\"def\""}]""",
            },
        },
        ["test_fill_peer_window"] = OfSix,
        ["test_announce_window_after_read"] = ReceivesSix with
        {
            Steps = new Dictionary<int, string>
            {
                [5] = """[{"op":"call","name":"recv","args":"\"abc\""}]""",
                [12] = """[{"op":"call","name":"recv","args":"\"abcdef\""}]""",
            },
        },
        ["test_delayed_ack_every_rmss_or_more"] = new()
        {
            ReceiveBuffer = 2 * 536,
            Steps = new Dictionary<int, string>
            {
                [1] = """[{"op":"in","seg":{"control":"None","seq":"R+1","ack":"L+1","len":536},"reply":null}]""",
                [3] = """[{"op":"in","seg":{"control":"None","seq":"R+537","ack":"L+1","len":1},"reply":null}]""",
                [4] = """[{"op":"in","seg":{"control":"None","seq":"R+538","ack":"L+1","len":1},"reply":null}]""",
                [5] = """[{"op":"out","segs":[{"control":"None","seq":"L+1","ack":"R+539"}]}]""",
            },
        },
        ["test_nagle"] = OfSix,
    };

    private static string Connect => """{"op":"call","name":"connect","args":""}""";

    private static SmoltcpSupplement OfSix => new() { SegmentSize = 6 };

    private static SmoltcpSupplement ReceivesSix => new() { ReceiveBuffer = 6 };

    /// <summary>The steps of a test with what is told of it here in the places of statements.</summary>
    public IEnumerable<JsonElement> Complete(JsonElement steps)
    {
        int number = 0;
        foreach (JsonElement step in steps.EnumerateArray())
        {
            foreach (JsonElement one in Steps.TryGetValue(number++, out string? told) ? [.. JsonDocument.Parse(told).RootElement.EnumerateArray()] : new[] { step })
            {
                yield return one;
            }
        }
    }

    private static SmoltcpSupplement One(int number, string step) => new() { Steps = new Dictionary<int, string> { [number] = $"[{step}]" } };

    /// <summary>A FIN with four octets arrives, and they are read once it was answered.</summary>
    private static SmoltcpSupplement Read(int arrives, int reads, string sequence, string acknowledgment) => new()
    {
        Steps = new Dictionary<int, string>
        {
            [arrives] = $$"""[{"op":"in","seg":{"control":"Fin","seq":"{{sequence}}","ack":"{{acknowledgment}}","len":4},"reply":null}]""",
            [reads] = """[{"op":"call","name":"recv","args":"\"1234\""}]""",
        },
    };

    /// <summary>8192 octets in segments of 1024, two of which make the first flight; what leaves is told by step, time and number.</summary>
    private static SmoltcpSupplement Reno(int data, int sends, params (int Step, int Time, int Number)[] segments) => new()
    {
        SendBuffer = 8192,
        SegmentSize = 1024,
        PeerWindow = ushort.MaxValue,
        RenoWindow = 2,
        Steps = new Dictionary<int, string>(
            segments.Select(segment => KeyValuePair.Create(
                segment.Step,
                $$"""[{"op":"out","time":{{segment.Time}},"segs":[{"control":"None","seq":"L+{{segment.Number}}","ack":"R+1","len":1024}]}]""")))
        {
            [data] = "[]",
            [sends] = $$"""[{"op":"call","name":"send_slice","args":"\"{{new string('x', 8192)}}\""}]""",
        },
    };
}
