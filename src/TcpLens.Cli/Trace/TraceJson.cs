using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Records as lines of JSON, schema "tcplens.trace/1" (docs/json.md).</summary>
internal sealed class TraceJson : TraceSink
{
    /// <summary>Above all that can come, but for texts of others.</summary>
    private const int LineMax = 8192;

    private const int PlacesMax = 4096;
    private const int PlaceMax = 128;
    private const int HostMax = 64;      // HOST_NAME_MAX; a hostile file may say more.

    private readonly Utf8Writer _output;
    private readonly TraceOwners _owners;
    private readonly TraceTime _time;
    private readonly TraceJsonDetail _detail;
    private readonly ProcessText _processes = new(isJson: true);
    private readonly Dictionary<uint, byte[]> _places = [];
    private readonly byte[] _start;
    private ulong _now;

    public TraceJson(Utf8Writer output, TraceHead head, TraceOwners owners)
    {
        (_output, _owners, _now) = (output, owners, head.Clock.MonotonicOf(head.StartedAt));
        _time = new TraceTime(head.Clock, TimeZoneInfo.Utc, TimeForm.Rfc3339);
        _detail = new TraceJsonDetail(head.Names);
        _start = [.. "{\"schema\":\"tcplens.trace/1\",\"host\":\""u8, .. JsonText.Encode(head.Host, HostMax), (byte)'"'];
    }

    public override void Write(in TraceRecord record, in LifeTail tail)
    {
        _now = record.AtNanoseconds;
        TraceJsonLine json = Begin(record.AtNanoseconds);
        json.Word("kind"u8, NameOf(record.Kind));
        json.Number("at_ns"u8, record.AtNanoseconds);
        WriteOwner(ref json, in record);
        json.Word("family"u8, record.Family == IpFamily.V4 ? "ipv4"u8 : "ipv6"u8);
        json.Address("local_address"u8, record.LocalAddress.Value, record.Family);
        json.Number("local_port"u8, record.LocalPort);
        json.Address("remote_address"u8, record.RemoteAddress.Value, record.Family);
        json.Number("remote_port"u8, record.RemotePort);
        json.NumberOrNull("netns_inode"u8, record.Namespace);
        WritePlace(ref json, record.Namespace);
        json.Number("uid"u8, record.Has(TraceMarks.MiniSocket) ? null : record.UserId);
        json.NumberOrNull("inode"u8, record.Inode);
        json.NumberOrNull("cookie"u8, record.Cookie);
        json.Hex("socket"u8, record.Socket);
        json.NumberOrNull("rtt_us"u8, record.RttMicroseconds);
        TraceJsonDetail.WriteMarks(ref json, record.Marks);
        _detail.Write(ref json, in record, in tail);
        End(ref json);
    }

    public override void EndRound(ulong? nowNanoseconds) => _now = nowNanoseconds ?? _now;

    public override void Lost(ulong events)
    {
        TraceJsonLine json = Begin(_now);
        json.Word("kind"u8, "lost"u8);
        json.Number("lost"u8, events);
        End(ref json);
    }

    public override void Complete(in TraceSummary summary)
    {
        TraceJsonLine json = Begin(_now);
        json.Word("kind"u8, "end"u8);
        json.Number("events"u8, (ulong)summary.Events);
        json.Number("lost"u8, summary.Lost);
        json.Number("elapsed_us"u8, (ulong?)summary.Elapsed?.TotalMicroseconds);
        End(ref json);
    }

    private TraceJsonLine Begin(ulong atNanoseconds)
    {
        var json = new TraceJsonLine(_output.GetSpan(LineMax));
        json.Raw(_start);
        json.Time("taken_at"u8, _time, atNanoseconds);
        json.Number("taken_at_us"u8, _time.MicrosecondsOf(atNanoseconds));
        return json;
    }

    private void End(ref TraceJsonLine json)
    {
        json.Raw("}\n"u8);
        _output.Advance(json.Length);
    }

    private void WriteOwner(ref TraceJsonLine json, in TraceRecord record)
    {
        TraceOwner owner = _owners.OwnerOf(in record);
        if (owner.From == OwnerFrom.Nobody)
        {
            json.Null("pid"u8);
            json.Null("command"u8);
        }
        else
        {
            json.Raw(_processes.Of(in owner, out _));
        }

        json.Word("owner_from"u8, owner.From switch
        {
            OwnerFrom.Task => "task"u8,
            OwnerFrom.Descriptor => "descriptor"u8,
            OwnerFrom.Listener => "listener"u8,
            _ => default,
        });
    }

    private void WritePlace(ref TraceJsonLine json, uint inode)
    {
        if (!_places.TryGetValue(inode, out byte[]? name))
        {
            name = JsonText.Encode(_owners.NamespaceName(inode) ?? "", PlaceMax);
            if (_places.Count < PlacesMax)
            {
                _places.Add(inode, name);
            }
        }

        json.Word("netns"u8, name);
    }

    private static ReadOnlySpan<byte> NameOf(TraceKind kind) => kind switch
    {
        TraceKind.LifeEnded => "life"u8,
        TraceKind.Accepted => "accept"u8,
        TraceKind.Retransmitted => "retransmit"u8,
        TraceKind.SynAckRetransmitted => "synack"u8,
        TraceKind.ResetSent => "reset_sent"u8,
        TraceKind.ResetReceived => "reset_received"u8,
        TraceKind.SegmentDropped => "drop"u8,
        TraceKind.ErrorReported => "error"u8,
        TraceKind.LossDetected => "loss"u8,
        TraceKind.BadChecksum => "checksum"u8,
        _ => "change"u8,
    };
}
