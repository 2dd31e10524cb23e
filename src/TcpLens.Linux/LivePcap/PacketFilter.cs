using System.Runtime.InteropServices;

namespace TcpLens.Linux;

/// <summary>
/// A filter in tcpdump's language (pcap-filter(7)) for packets that are already here: of a file, or in memory. It needs no device and
/// no privilege. One thread at a time may use it.
/// <code>
/// using PacketFilter filter = PacketFilter.Compile("tcp port 443", PacketFilter.Ethernet);
/// if (filter.Matches(packet, packet.Length)) …
/// </code>
/// </summary>
public sealed unsafe class PacketFilter : IDisposable
{
    /// <summary>LINKTYPE_ETHERNET.</summary>
    public const int Ethernet = 1;

    private const int LongestPacket = 262_144;   // MAXIMUM_SNAPLEN of libpcap and tcpdump.

    private readonly PcapProgram _program;

    private PacketFilter(string text, int linkType, PcapProgram program) => (Text, LinkType, _program) = (text, linkType, program);

    public string Text { get; }

    /// <summary>LINKTYPE_… of the packets it is for (the number that capture files hold).</summary>
    public int LinkType { get; }

    /// <param name="text">The filter; empty for every packet. Names of hosts in it are looked up, as by tcpdump.</param>
    /// <param name="linkType">LINKTYPE_… of the packets.</param>
    /// <exception cref="FilterSyntaxException">It cannot be understood, or not for this link.</exception>
    /// <exception cref="IOException">There is no libpcap.</exception>
    public static PacketFilter Compile(string text, int linkType)
    {
        Libpcap.Load();
        using PcapHandle dead = Libpcap.pcap_open_dead(linkType == Libpcap.LINKTYPE_RAW ? Libpcap.DLT_RAW : linkType, LongestPacket);
        return new PacketFilter(text, linkType, PcapProgram.Compile(dead, text));
    }

    /// <summary>True when the filter takes the packet. What it asks for beyond the captured octets is not there, and so does not match.</summary>
    /// <param name="captured">The packet with its link header, as far as it was captured.</param>
    /// <param name="originalLength">Its length on the wire in octets.</param>
    public bool Matches(ReadOnlySpan<byte> captured, int originalLength)
    {
        ObjectDisposedException.ThrowIf(_program.IsClosed, this);
        var header = new Libpcap.PcapPkthdr { caplen = (uint)captured.Length, len = (uint)originalLength };
        fixed (byte* packet = &MemoryMarshal.GetReference(captured))
        {
            return Libpcap.pcap_offline_filter(_program.Code, &header, packet) != 0;
        }
    }

    public void Dispose() => _program.Dispose();
}
