namespace TcpLens.Protocol;

/// <summary>
/// The control bits ("flags") of a TCP header: RFC 9293 §3.1, ECE and CWR from RFC 3168, AE from RFC 9768. The numbers are the
/// low nine bits of octets 12 and 13 of the header, as tcpdump's <c>tcp[12:2] &amp; 0x1ff</c> reads them.
/// </summary>
[Flags]
public enum ControlBits : ushort
{
    None = 0,
    Fin = 0x001,
    Syn = 0x002,
    Rst = 0x004,
    Psh = 0x008,
    Ack = 0x010,
    Urg = 0x020,
    Ece = 0x040,
    Cwr = 0x080,
    Ae = 0x100,

    /// <summary>The bits that ECN uses; they never make a segment illegal.</summary>
    Congestion = Ece | Cwr | Ae,
    All = 0x1ff,
}

/// <summary>Why no TCP sends a combination of bits. Scanners do, to see who answers how.</summary>
public enum ControlBitsFault : byte
{
    None,

    /// <summary>None of SYN, RST, ACK, FIN: a "null" segment, dropped by every state that follows RFC 9293 §3.10.7.</summary>
    Null,

    /// <summary>FIN, PSH and URG without ACK: the "Christmas tree" of scanners.</summary>
    Christmas,

    /// <summary>Opens and ends a stream at once.</summary>
    SynFin,

    /// <summary>Opens a connection and says that there is none.</summary>
    SynRst,

    /// <summary>An orderly end and an abort at once.</summary>
    FinRst,

    /// <summary>Neither SYN nor RST, and yet no ACK: RFC 9293 §3.10.7.4 drops it ("if the ACK bit is off, drop the segment").</summary>
    NoAck,
}

/// <summary>What can be asked of control bits without knowing the connection.</summary>
public static class ControlBitsRules
{
    extension(ControlBits bits)
    {
        /// <summary>True when every bit of <paramref name="wanted"/> is set.</summary>
        public bool Has(ControlBits wanted) => (bits & wanted) == wanted;

        /// <summary>The first reason, gravest first, why no TCP would send these bits; None for bits that some TCP sends.</summary>
        public ControlBitsFault Fault => (bits & ~ControlBits.Congestion) switch
        {
            var b when b.Has(ControlBits.Syn | ControlBits.Fin) => ControlBitsFault.SynFin,
            var b when b.Has(ControlBits.Syn | ControlBits.Rst) => ControlBitsFault.SynRst,
            var b when b.Has(ControlBits.Fin | ControlBits.Rst) => ControlBitsFault.FinRst,
            ControlBits.None => ControlBitsFault.Null,
            var b when (b & (ControlBits.Syn | ControlBits.Rst | ControlBits.Ack)) != ControlBits.None => ControlBitsFault.None,
            var b when b.Has(ControlBits.Fin | ControlBits.Psh | ControlBits.Urg) => ControlBitsFault.Christmas,
            _ => ControlBitsFault.NoAck,
        };
    }
}
