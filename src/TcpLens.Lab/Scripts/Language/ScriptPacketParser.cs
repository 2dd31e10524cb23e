using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>Reads what stands behind "&lt;" or "&gt;": fields of the IP header, then a segment or an ICMP message.</summary>
internal static class ScriptPacketParser
{
    private const string FlagLetters = "FSRP.UEWCAN-01234567";

    public static ScriptStatement Statement(ScriptCursor cursor, int start, int line, ScriptTime time)
    {
        int? socket = null;
        if (cursor.TryTake("sock("))
        {
            socket = (int)cursor.ExpectInteger("a descriptor", 0, int.MaxValue);
            cursor.Expect(")");
        }

        bool isInbound = cursor.TryTake("<");
        if (!isInbound)
        {
            cursor.Expect(">");
        }

        (ScriptIpFields ip, (uint, int)? quoted) = Before(cursor);
        if (cursor.TryTake("icmp"))
        {
            ScriptIcmp message = Icmp(cursor, ip, quoted);
            return new IcmpStatement(line, time, cursor.Since(start), isInbound, message);
        }

        if (cursor.Sees("udp") || cursor.Sees("sctp") || cursor.Sees("ipv4") || cursor.Sees("ipv6"))
        {
            string feature = cursor.TakeLine().Split(' ')[0];
            return new UnknownStatement(line, time, cursor.Since(start), $"{feature} packets");
        }

        ScriptSegment segment = Segment(cursor, ip) with { Socket = socket };
        return new SegmentStatement(line, time, cursor.Since(start), isInbound, segment);
    }

    /// <summary>"[ect0]", "(tos 0x20)", "(ttl 3, ect1)"; and "[1:1461(1460)]", which older scripts write in front of an ICMP message.</summary>
    private static (ScriptIpFields Ip, (uint, int)? Quoted) Before(ScriptCursor cursor)
    {
        var ip = new ScriptIpFields();
        (uint, int)? quoted = null;
        while (cursor.Sees("[") || cursor.Sees("("))
        {
            string end = cursor.TryTake("[") ? "]" : ")";
            _ = end == ")" && cursor.TryTake("(");
            cursor.SkipBlanks();
            if (char.IsAsciiDigit(cursor.Here))
            {
                (uint sequence, int length, _) = Sequence(cursor);
                quoted = (sequence, length);
            }
            else
            {
                ip = IpFields(cursor, ip, end);
            }

            cursor.Expect(end);
        }

        return (ip, quoted);
    }

    private static ScriptIpFields IpFields(ScriptCursor cursor, ScriptIpFields ip, string end)
    {
        do
        {
            ip = cursor.ExpectName("ect0, ect1, ect01, ce, noecn, tos, class, ttl or hlim") switch
            {
                "ect0" => ip with { Ecn = EcnCodepoint.Ect0 },
                "ect1" => ip with { Ecn = EcnCodepoint.Ect1 },
                "ect01" => ip with { AnyEct = true },
                "ce" => ip with { Ecn = EcnCodepoint.CongestionExperienced },
                "noecn" => ip with { Ecn = EcnCodepoint.NotCapable },
                "tos" or "class" => ip with { TrafficClass = (byte)cursor.ExpectInteger("a traffic class", 0, byte.MaxValue) },
                "ttl" or "hlim" => ip with { TimeToLive = (byte)cursor.ExpectInteger("a time to live", 0, byte.MaxValue) },
                _ => throw cursor.Expected("a field of the IP header"),
            };
            cursor.TryTake(",");
        }
        while (!cursor.Sees(end));
        return ip;
    }

    private static ScriptIcmp Icmp(ScriptCursor cursor, ScriptIpFields ip, (uint, int)? quoted)
    {
        string type = cursor.ExpectName("the type of an ICMP message");
        string? code = null;
        uint? mtu = null;
        while (cursor.TryTakeName() is { } word)
        {
            if (word == "mtu")
            {
                mtu = cursor.ExpectNumber32("an MTU");
            }
            else if (code is null)
            {
                code = word;
            }
            else
            {
                throw cursor.Expected("\"mtu\" or \"[\"");
            }
        }

        if (cursor.TryTake("["))
        {
            (uint sequence, int length, _) = Sequence(cursor);
            quoted = (sequence, length);
            cursor.Expect("]");
        }

        return new(type, code, mtu, quoted, ip);
    }

    private static (uint Sequence, int Length, bool IsAbsolute) Sequence(ScriptCursor cursor)
    {
        if (cursor.TryTake("..."))
        {
            return (0, ExpectLength(cursor), true);
        }

        uint sequence = cursor.ExpectNumber32("a sequence number");
        cursor.Expect(":");
        uint end = cursor.ExpectNumber32("the sequence number after the last");
        int length = ExpectLength(cursor);
        return unchecked(sequence + (uint)length) == end
            ? (sequence, length, cursor.TryTake("!"))
            : throw cursor.Expected($"{end} - {sequence} octets of payload before here");
    }

    private static int ExpectLength(ScriptCursor cursor)
    {
        cursor.Expect("(");
        int length = (int)cursor.ExpectInteger("octets of payload", 0, ushort.MaxValue);
        cursor.Expect(")");
        return length;
    }

    private static ScriptSegment Segment(ScriptCursor cursor, ScriptIpFields ip)
    {
        cursor.SkipBlanks();
        string flags = cursor.TakeWhile(static c => FlagLetters.Contains(c, StringComparison.Ordinal));
        if (flags.Length == 0)
        {
            throw cursor.Expected("flags (of F, S, R, P, ., U, E, W) or icmp");
        }

        string? unsupported = flags.AsSpan().IndexOfAnyInRange('0', '7') >= 0 ? "AccECN counters in flags" : null;
        (uint sequence, int length, bool isAbsolute) = Sequence(cursor);
        uint? acknowledgment = cursor.TryTake("ack") ? cursor.ExpectNumber32("an acknowledgment number") : null;
        bool isAcknowledgmentAbsolute = acknowledgment is not null && cursor.TryTake("!");
        ushort? window = cursor.TryTake("win") ? (ushort)cursor.ExpectInteger("a window", 0, ushort.MaxValue) : null;
        ushort? urgent = cursor.TryTake("urg") ? (ushort)cursor.ExpectInteger("an urgent pointer", 0, ushort.MaxValue) : null;
        var options = new ScriptOptionParser(cursor);
        IReadOnlyList<ScriptOption>? list = cursor.TryTake("<") ? options.List() : [];
        if (cursor.TryTake("/udp("))
        {
            unsupported ??= "TCP over UDP";
            cursor.TakeUntil(")");
        }

        return new()
        {
            Bits = Bits(flags),
            Sequence = sequence,
            PayloadLength = length,
            IsSequenceAbsolute = isAbsolute,
            Acknowledgment = acknowledgment,
            IsAcknowledgmentAbsolute = isAcknowledgmentAbsolute,
            Window = window,
            UrgentPointer = urgent,
            Options = list,
            Ip = ip,
            Unsupported = unsupported ?? options.Unsupported,
        };
    }

    private static ControlBits Bits(string flags)
    {
        ControlBits bits = ControlBits.None;
        foreach (char flag in flags)
        {
            bits |= flag switch
            {
                'F' => ControlBits.Fin,
                'S' => ControlBits.Syn,
                'R' => ControlBits.Rst,
                'P' => ControlBits.Psh,
                '.' => ControlBits.Ack,
                'U' => ControlBits.Urg,
                'E' => ControlBits.Ece,
                'W' or 'C' => ControlBits.Cwr,
                'A' or 'N' => ControlBits.Ae,
                _ => ControlBits.None,
            };
        }

        return bits;
    }
}
