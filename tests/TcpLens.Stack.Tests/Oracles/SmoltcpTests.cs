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
    };

    private static readonly JsonElement[] Tests = Read();

    public static TheoryData<string> Names => [.. Tests.Where(test => test.GetProperty("complete").GetBoolean()).Select(test => test.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_test_of_smoltcp_holds_or_its_mismatch_is_known(string name)
    {
        string? mismatch = Mismatch(Array.Find(Tests, test => test.GetProperty("name").GetString() == name));
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

    private static string? Mismatch(JsonElement test)
    {
        OracleConnection end = Begin(test.GetProperty("setup"));
        Instant start = end.Now;
        var waiting = new Queue<string>();
        int number = 0;
        foreach (JsonElement step in test.GetProperty("steps").EnumerateArray())
        {
            number++;
            if (step.TryGetProperty("time", out JsonElement time) && time.ValueKind == JsonValueKind.Number)
            {
                end.Now = start + TimeSpan.FromMilliseconds(time.GetInt32());
                end.Connection.OnTimeout(end.Now);
            }

            if (Do(step, end, waiting) is { } difference)
            {
                return $"step {number}: {difference}";
            }
        }

        return null;
    }

    private static string? Do(JsonElement step, OracleConnection end, Queue<string> waiting)
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
                return Leave(step.GetProperty("segs"), waiting);
            case "state" when step.TryGetProperty("state", out JsonElement state):
                TcpState expected = Enum.Parse<TcpState>(state.GetString()!);
                return end.Connection.State == expected ? null : $"{end.Connection.State}, not {expected}";
            case "call":
                return Call(step.GetProperty("name").GetString()!, step.GetProperty("args").GetString()!, end);
            default:
                return null;
        }
    }

    /// <summary>All that are expected, in their order; none is expected: nothing but an ACK may leave.</summary>
    private static string? Leave(JsonElement segments, Queue<string> waiting)
    {
        foreach (JsonElement segment in segments.EnumerateArray())
        {
            if (Expect(segment, waiting) is { } difference)
            {
                return difference;
            }
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
        return $"{segment.GetProperty("control").GetString()} L+{Distance(segment.GetProperty("seq").GetString()!)} {acknowledgment} {Length(segment)}";
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
            window);
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
            case "listen":
                end.Connection.Listen();
                return null;
            case "send_slice":
                byte[] octets = Quoted(arguments);
                int sent = end.Connection.Send(octets, end.Now);
                return sent == octets.Length ? null : $"takes {sent} octets of {octets.Length}";
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
    private static OracleConnection Begin(JsonElement setup)
    {
        string function = setup.ValueKind == JsonValueKind.Null ? "socket" : setup.GetProperty("fn").GetString()!;
        TcpState state = function switch
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
        var settings = new TcpSettings { ReceiveBuffer = 64, SendBuffer = 64, WindowScaling = false, Timestamps = false, SelectiveAcknowledgment = false };
        bool takesLast = state is TcpState.Established or TcpState.CloseWait or TcpState.FinWait2 or TcpState.Closing
            || (setup.ValueKind != JsonValueKind.Null && setup.GetProperty("args").GetString() == "true");
        var end = new OracleConnection(state, isPassive: state != TcpState.SynSent, settings, takesLast);
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
