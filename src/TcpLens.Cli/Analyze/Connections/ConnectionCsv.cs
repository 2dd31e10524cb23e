using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Connections as comma-separated values (RFC 4180): one line of names, then one line a connection. Unknown is empty.</summary>
internal sealed class ConnectionCsv(Utf8Writer output)
{
    private bool _isFirst = true;

    public void WriteNames()
        => Line("number,first_utc,first_ns,duration_us,originator_address,originator_port,responder_address,responder_port,outcome,zeek_state,history,"
            + "originator_state,originator_certainty,responder_state,responder_certainty,packets_sent,packets_received,payload_bytes_sent,payload_bytes_received,"
            + "stream_bytes_sent,stream_bytes_received,retransmissions_sent,retransmissions_received,handshake_rtt_us,rtt_us");

    public void Write(ConnectionRecord record)
    {
        _isFirst = true;
        Number(record.Number);
        Text(CaptureTime.Of(record.FirstSeen).UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
        Number(record.FirstSeen.Nanoseconds);
        Number((long?)record.ValueOf(ConnectionField.Duration));
        Endpoint(record.Originator);
        Endpoint(record.Responder);
        Text(ConnectionJson.Snake(record.Outcome.Name));
        Text(record.ZeekState);
        Text(record.History);
        State(record.FinalState(ConnectionEnd.Originator));
        State(record.FinalState(ConnectionEnd.Responder));
        Both(record, static account => account.Packets);
        Both(record, static account => account.PayloadOctets);
        Both(record, static account => account.StreamOctets);
        Both(record, static account => account.CountOf(SegmentMarks.Retransmission));
        Number(record.HandshakeRtt?.Ticks / TimeSpan.TicksPerMicrosecond);
        Number((long?)record.ValueOf(ConnectionField.Rtt));
        output.WriteLine();
    }

    private void Both(ConnectionRecord record, Func<EndAccount, long> number)
    {
        Number(number(record.FromOriginator));
        Number(number(record.FromResponder));
    }

    private void Endpoint(in Endpoint endpoint)
    {
        Text(endpoint.Address.ToString());
        Number(endpoint.Port);
    }

    private void State(EndState state)
    {
        Text(state.Certainty == Certainty.Unknown ? "" : state.State.Name(StateSpelling.Snake));
        Text(state.Certainty.Words());
    }

    private void Number(long? number)
    {
        Separate();
        if (number is { } known)
        {
            output.WriteNumber(known);
        }
    }

    /// <summary>Letters, digits and signs of our own choice: none of them needs quotes.</summary>
    private void Text(string text)
    {
        Separate();
        output.Write(Encoding.ASCII.GetBytes(text));
    }

    private void Separate()
    {
        if (!_isFirst)
        {
            output.Write((byte)',');
        }

        _isFirst = false;
    }

    private void Line(string text) => output.WriteLine(Encoding.ASCII.GetBytes(text));
}
