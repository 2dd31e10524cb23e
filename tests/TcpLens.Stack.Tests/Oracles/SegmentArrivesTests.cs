using System.Globalization;
using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>
/// Every row of the oracle that follows the RFCs: a segment at a symbolic place into a state, in the security setting the row speaks of. Rows of the profile
/// FreeBSD are its reuse of TIME-WAIT, which here is the host's matter.
/// </summary>
public sealed class SegmentArrivesTests
{
    /// <summary>Where we do otherwise, by the row's script: each with its reason, as docs/conformance.md has it.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["rcv-syn-ack-listen/rcv-syn-ack-without-data-listen-ipv4.pkt"] = "RFC 9293 §3.10.7.2 (second step) answers with a RST; FreeBSD is silent",
        ["rcv-syn-ack-listen/rcv-syn-ack-without-data-listen-ipv6.pkt"] = "RFC 9293 §3.10.7.2 (second step) answers with a RST; FreeBSD is silent",
    };

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, OracleRow.All.Count).Where(i => OracleRow.All[i]["profile"] != "FreeBSD")];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_segment_has_the_effect_that_the_oracle_knows(int number)
    {
        OracleRow row = OracleRow.All[number];
        foreach (bool resists in row.ResistsBlindSegments)
        {
            string? difference = Difference(row, resists);
            if (Exceptions.TryGetValue(row["script"], out string? reason))
            {
                Assert.True(difference is not null, $"{row["script"]} is an exception no more ({reason})");
            }
            else
            {
                Assert.True(difference is null, $"{row["script"]}, RFC 5961 {(resists ? "on" : "off")}: {difference}");
            }
        }
    }

    [Fact]
    public void Every_exception_is_a_row()
        => Assert.Empty(Exceptions.Keys.Except(OracleRow.All.Select(row => row["script"])));

    private static string? Difference(OracleRow row, bool resists)
    {
        var settings = new TcpSettings
        {
            ResistBlindResets = resists,
            ResistBlindSyns = resists,
            AcceptSynFin = row["syn_fin"] != "drop",
            ReuseTimeWait = false,
            ReceiveBuffer = 65535,
            WindowScaling = false,
            Timestamps = false,
        };
        var end = new OracleConnection(State(row["state"]), row["via"] == "LISTEN", settings);
        (SeqNum sendNext, SeqNum receiveNext) = (end.SendNext, end.ReceiveNext);
        SeqNum sequence = Sequence(row, receiveNext, end.Window);
        SeqNum acknowledgment = Relative(row["seg_ack"], sendNext);
        int length = int.Parse(row["seg_len"], CultureInfo.InvariantCulture);
        end.Arrive(row.Bits, sequence, acknowledgment, length, row["seg_opts"].Length > 0);

        string response = string.Join("; ", end.Take().Select(Describe));
        string expected = Expected(row, sequence, acknowledgment, sendNext, receiveNext, length);
        TcpState next = end.Connection.State;
        return response != expected ? $"answered \"{response}\", not \"{expected}\""
            : next != Next(row) ? $"went to {next}, not {Next(row)}"
            : ErrorName(end.Connection.Error) is var error && row["so_error"].Length > 0 && error != row["so_error"] ? $"error {error}, not {row["so_error"]}"
            : null;
    }

    /// <summary>By its symbolic place where the row has one: FreeBSD's window is a little larger than what it offers.</summary>
    private static SeqNum Sequence(OracleRow row, SeqNum receiveNext, uint window) => row["seq_pos"] switch
    {
        "outside-left" => receiveNext + uint.MaxValue,
        "left-edge" => receiveNext,
        "right-edge" => receiveNext + (window - 1),
        "outside-right" => receiveNext + window,
        _ => Relative(row["seg_seq"], receiveNext),
    };

    /// <summary>"RCV.NXT+1", "SND.NXT-2", or a number as it is.</summary>
    private static SeqNum Relative(string text, SeqNum next)
    {
        if (text.Length == 0)
        {
            return new(0);
        }

        bool isRelative = text.Contains(".NXT", StringComparison.Ordinal);
        string number = isRelative ? text[7..] : text;
        int distance = number.Length == 0 ? 0 : int.Parse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return isRelative ? next + unchecked((uint)distance) : new((uint)distance);
    }

    /// <summary>The row's answer in numbers. Where it has our SYN again, that is a retransmission, which comes later.</summary>
    private static string Expected(OracleRow row, SeqNum sequence, SeqNum acknowledgment, SeqNum sendNext, SeqNum receiveNext, int length)
    {
        uint segmentLength = (uint)length + (row.Bits.Has(ControlBits.Syn) ? 1u : 0) + (row.Bits.Has(ControlBits.Fin) ? 1u : 0);
        var answers = new List<string>();
        foreach (string answer in row["response"].Split("; ").Where(answer => answer != "none" && !answer.StartsWith("S ", StringComparison.Ordinal)))
        {
            string[] words = answer.Split(' ');
            bool isNewSyn = words[0] == "S." && State(row["state"]) == TcpState.Listen;
            uint seq = words[1][4..] switch
            {
                _ when isNewSyn => 7_000_000,
                "SEG.ACK" => acknowledgment.Value,
                var text => Relative(text, sendNext).Value,
            };
            uint ack = words.FirstOrDefault(word => word.StartsWith("ack=", StringComparison.Ordinal))?[4..] switch
            {
                null => 0,
                "SEG.SEQ+SEG.LEN" => (sequence + segmentLength).Value,
                var text => Relative(text, receiveNext).Value,
            };
            answers.Add($"{words[0]} {seq} {ack} 0");
        }

        return string.Join("; ", answers);
    }

    private static string Describe((ControlBits Bits, SeqNum Sequence, SeqNum Acknowledgment, int Length) segment)
    {
        string flags = $"{(segment.Bits.Has(ControlBits.Fin) ? "F" : "")}{(segment.Bits.Has(ControlBits.Syn) ? "S" : "")}"
            + $"{(segment.Bits.Has(ControlBits.Rst) ? "R" : "")}{(segment.Bits.Has(ControlBits.Ack) ? "." : "")}";
        return $"{flags} {segment.Sequence.Value} {(segment.Bits.Has(ControlBits.Ack) ? segment.Acknowledgment.Value : 0)} {segment.Length}";
    }

    private static TcpState State(string name)
    {
        TcpState? found = Enum.GetValues<TcpState>().Where(state => state.Name(StateSpelling.Rfc) == name).Select(state => (TcpState?)state).FirstOrDefault();
        return found ?? throw new InvalidDataException(name);
    }

    /// <summary>A passive open that ends in SYN-RECEIVED returns to LISTEN, where FreeBSD's syncache only forgets.</summary>
    private static TcpState Next(OracleRow row)
    {
        bool returns = row["state"] == "SYN-RECEIVED" && row["via"] == "LISTEN" && row["next_state"] == "CLOSED";
        return returns ? TcpState.Listen : State(row["next_state"]);
    }

    private static string ErrorName(ConnectionError error) => error switch
    {
        ConnectionError.None => "0",
        ConnectionError.Reset => "ECONNRESET",
        ConnectionError.Refused => "ECONNREFUSED",
        _ => error.ToString(),
    };
}
