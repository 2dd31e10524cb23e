using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Lab.Tests;

/// <summary>A segment that a subject sent, with what its IP header said.</summary>
internal sealed record WireSegment(TcpFields Fields, SegmentOptions Options, byte[] Payload, EcnCodepoint Ecn, int TimeToLive, int DiffServ)
{
    public ushort Window => Fields.Window.Raw;

    public bool Has(ControlBits bits) => Fields.Bits.Has(bits);
}

/// <summary>
/// The test's end of a link to a subject: it gives segments, and reads what comes back as text. Numbers count from the SYN of each end, which
/// is 0, so that the first octet is 1.
/// </summary>
internal sealed class Wire(ISubject subject) : IDisposable
{
    public const string SubjectText = "10.7.0.1";
    public const string TestText = "10.7.0.2";
    public const ushort ServerPort = 80;
    public const ushort TestPort = 5000;

    public static readonly HostAddress SubjectAddress = HostAddress.Parse(SubjectText)!.Value;
    public static readonly HostAddress TestAddress = HostAddress.Parse(TestText)!.Value;

    private static readonly SeqNum TestInitial = new(uint.MaxValue - 300);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private SeqNum? _subjectInitial;
    private SeqNum _sentEnd;
    private SeqNum _givenEnd = TestInitial;

    public ISubject Subject { get; } = subject;

    public bool IsKernel => Subject.IsKernel;

    /// <summary>Its end of the connection.</summary>
    public ISubjectSocket Socket { get; set; } = null!;

    /// <summary>What <see cref="Next"/> found last.</summary>
    public WireSegment Last { get; private set; } = null!;

    public byte[] LastPacket { get; private set; } = [];

    /// <summary>Of the subject, when the test calls it, or it the test.</summary>
    public ushort SubjectPort { get; private set; } = ServerPort;

    public static TheoryData<string> Both => ["ours", "the kernel"];

    public static SegmentOptions Mss(ushort octets = 1460) => new() { Present = SegmentOptionSet.MaximumSegmentSize, MaximumSegmentSize = octets };

    public static SegmentOptions Timestamp(uint value, uint echo = 0)
        => new() { Present = SegmentOptionSet.Timestamps, TimestampValue = value, TimestampEcho = echo };

    public static SegmentOptions With(SegmentOptionSet more, byte scale = 0, uint timestamp = 0) => new()
    {
        Present = SegmentOptionSet.MaximumSegmentSize | more,
        MaximumSegmentSize = 1460,
        WindowScale = new(scale),
        TimestampValue = timestamp,
    };

    public static Wire To(string subject) => new(subject == "ours" ? new StackSubject() : new KernelSubject());

    /// <summary>A number of the subject's as it stands in segments.</summary>
    public SeqNum Number(int number) => _subjectInitial!.Value + (uint)number;

    /// <summary>A listener, and nothing else yet.</summary>
    public static Wire Listening(string subject)
    {
        Wire wire = To(subject);
        wire.Subject.Listen();
        return wire;
    }

    /// <summary>A connection that the test opened.</summary>
    public static Wire Established(string subject, SegmentOptions? options = null, ushort window = ushort.MaxValue)
    {
        Wire wire = Listening(subject);
        SegmentOptions syn = options ?? Mss();
        wire.Give(ControlBits.Syn, options: syn, window: window);
        Assert.StartsWith("SYN+ACK 0 ack 1", wire.Next(), StringComparison.Ordinal);
        wire.Give(ControlBits.Ack, window: window, options: syn.Has(SegmentOptionSet.Timestamps) ? Timestamp(syn.TimestampValue, wire.Last.Options.TimestampValue) : null);
        wire.Socket = wire.Subject.Accept();
        return wire;
    }

    /// <summary>The subject has called the test, which has seen its SYN.</summary>
    public static Wire Called(string subject)
    {
        Wire wire = To(subject);
        wire.Socket = wire.Subject.Connect();
        Assert.Equal("SYN 0", wire.Next());
        return wire;
    }

    /// <summary>A segment arrives at the subject.</summary>
    /// <param name="bits">Its control bits.</param>
    /// <param name="seq">From the test's SYN; when not given the number after all that it sent.</param>
    /// <param name="ack">From the subject's SYN; when not given everything that was seen of it.</param>
    /// <param name="length">Octets of payload.</param>
    /// <param name="window">As the header carries it.</param>
    /// <param name="options">None when not given.</param>
    /// <param name="urgent">The urgent pointer.</param>
    /// <param name="ecn">Of the IP header.</param>
    /// <param name="change">Done to the packet before it goes.</param>
    public void Give(
        ControlBits bits, int? seq = null, int? ack = null, int length = 0, ushort window = ushort.MaxValue, SegmentOptions? options = null,
        int urgent = 0, EcnCodepoint ecn = EcnCodepoint.NotCapable, Action<byte[]>? change = null)
    {
        Span<byte> room = stackalloc byte[40];
        int optionLength = (options ?? default).Write(room);
        GiveOctets(bits, room[..optionLength], seq, ack, length, window, urgent, ecn, change: change);
    }

    /// <summary>As <see cref="Give"/>, with options as octets of TCP and of IP.</summary>
    public void GiveOctets(
        ControlBits bits, ReadOnlySpan<byte> options, int? seq = null, int? ack = null, int length = 0, ushort window = ushort.MaxValue,
        int urgent = 0, EcnCodepoint ecn = EcnCodepoint.NotCapable, byte[]? ipOptions = null, uint source = 0x0a070002, Action<byte[]>? change = null)
    {
        SeqNum start = seq is { } at ? TestInitial + (uint)at : _givenEnd;
        var fields = new TcpFields
        {
            SourcePort = TestPort,
            DestinationPort = SubjectPort,
            Sequence = start,
            Acknowledgment = bits.Has(ControlBits.Ack) ? ack is { } number ? (_subjectInitial ?? default) + (uint)number : _sentEnd : default,
            Bits = bits,
            Window = new(window),
            UrgentPointer = (ushort)urgent,
        };
        byte[] packet = new byte[120 + length];
        int ip = 20 + (ipOptions?.Length ?? 0);
        int tcp = fields.WriteTo(packet.AsSpan(ip), options) + length;
        new Ipv4Fields { Source = source, Destination = 0x0a070001, Protocol = IpProtocol.Tcp, Ecn = (byte)ecn }.WriteTo(packet, tcp, ipOptions ?? []);
        TcpFields.WriteChecksum(packet.AsSpan(ip, tcp), packet.AsSpan(12, 8));
        packet = packet[..(ip + tcp)];
        change?.Invoke(packet);
        SeqNum end = start + (uint)(length + (bits.Has(ControlBits.Syn) ? 1 : 0) + (bits.Has(ControlBits.Fin) ? 1 : 0));
        _givenEnd = seq is null || end.IsAfter(_givenEnd) ? end : _givenEnd;
        Subject.Give(packet);
    }

    /// <summary>An ICMP error about the last packet that was seen of the subject.</summary>
    public void GiveIcmp(byte type, byte code, byte[]? about = null)
    {
        byte[] quoted = about ?? LastPacket;
        byte[] message = [type, code, 0, 0, 0, 0, 0, 0, .. quoted[..Math.Min(quoted.Length, 60)]];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~InternetChecksum.Sum(message));
        byte[] packet = new byte[20 + message.Length];
        new Ipv4Fields { Source = 0x0a070002, Destination = 0x0a070001, Protocol = IpProtocol.Icmp }.WriteTo(packet, message.Length);
        message.CopyTo(packet.AsSpan(20));
        Subject.Give(packet);
    }

    /// <summary>The next segment of the subject, as text: "SYN 0", "SYN+ACK 0 ack 1", "PSH+ACK 1+100 ack 1", "RST 5"; "nothing" when none comes.</summary>
    public string Next(double? seconds = null)
    {
        if (Subject.Next(seconds is { } limit ? TimeSpan.FromSeconds(limit) : Patience) is not { } packet)
        {
            return "nothing";
        }

        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header ip, out _));
        ReadOnlySpan<byte> octets = packet.AsSpan(ip.HeaderLength, ip.TotalLength - ip.HeaderLength);
        Assert.True(TcpHeader.TryParse(octets, out TcpHeader header, out _));
        LastPacket = packet;
        TcpSegment segment = TcpSegment.Read(header, octets[header.HeaderLength..], (EcnCodepoint)ip.Ecn);
        if (segment.Has(ControlBits.Syn))
        {
            _subjectInitial ??= segment.Sequence;
            SubjectPort = header.SourcePort;
        }

        bool counts = _subjectInitial is not null && !segment.Has(ControlBits.Rst);
        _sentEnd = counts && (segment.Has(ControlBits.Syn) || segment.End.IsAfter(_sentEnd)) ? segment.End : _sentEnd;
        var fields = new TcpFields
        {
            Sequence = segment.Sequence,
            Acknowledgment = segment.Acknowledgment,
            Bits = segment.Bits,
            Window = segment.Window,
            UrgentPointer = segment.UrgentPointer,
        };
        Last = new(fields, segment.Options, segment.Payload.ToArray(), segment.Ecn, ip.TimeToLive, packet[1] >> 2);
        return ControlBitsText.Format(segment.Bits)
            + $" {segment.Sequence - (_subjectInitial ?? default)}"
            + (segment.Payload.Length > 0 ? $"+{segment.Payload.Length}" : "")
            + (segment.Has(ControlBits.Ack) ? $" ack {segment.Acknowledgment - TestInitial}" : "");
    }

    /// <summary>Octets of payload in all that comes until nothing does for a while.</summary>
    public int Flight()
    {
        int octets = 0;
        while (Next(0.1) != "nothing")
        {
            octets += Last.Payload.Length;
        }

        return octets;
    }

    /// <summary>The subject says nothing for a while.</summary>
    public void Quiet(double seconds = 0.15) => Assert.Equal("nothing", Next(seconds));

    /// <summary>Blocks of the last segment, in the test's numbers: "100-200 300-400".</summary>
    public string Sack()
    {
        SackBlocks blocks = Last.Options.Sack;
        return string.Join(' ', Enumerable.Range(0, Last.Options.Has(SegmentOptionSet.Sack) ? blocks.Count : 0)
            .Select(i => $"{blocks[i].Left - TestInitial}-{blocks[i].Right - TestInitial}"));
    }

    public void AwaitState(TcpState state) => Subject.Await(() => Socket.State == state, $"the subject must reach {state}");

    public void AwaitReadable(int octets) => Subject.Await(() => Socket.Readable == octets, $"{octets} octets must be there");

    public void Dispose() => Subject.Dispose();
}
