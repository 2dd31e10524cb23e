using System.Runtime.InteropServices;

namespace TcpLens.Linux;

/// <summary>One message that changes something, and the kernel's yes or no to it (linux/rtnetlink.h).</summary>
internal sealed class RouteRequest
{
    private const int MaxLength = 128;
    private const ushort Change = 0x5;      // NLM_F_REQUEST | NLM_F_ACK
    private const ushort Create = 0x605;    // and NLM_F_EXCL | NLM_F_CREATE

    private readonly byte[] _octets = new byte[MaxLength];
    private int _length;

    /// <param name="type">RTM_NEW….</param>
    /// <param name="header">struct ifinfomsg, ifaddrmsg or rtmsg.</param>
    /// <param name="changes">What is there already; else something new is made.</param>
    public RouteRequest(ushort type, ReadOnlySpan<byte> header, bool changes = false)
    {
        MemoryMarshal.Write(_octets.AsSpan(4), type);
        MemoryMarshal.Write(_octets.AsSpan(6), changes ? Change : Create);
        header.CopyTo(_octets.AsSpan(NetlinkReader.HeaderLength));
        _length = NetlinkReader.HeaderLength + header.Length;
    }

    public void Add(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> attribute = _octets.AsSpan(_length);
        MemoryMarshal.Write(attribute, (ushort)(value.Length + 4));
        MemoryMarshal.Write(attribute[2..], type);
        value.CopyTo(attribute[4..]);
        _length += (value.Length + 4 + 3) & ~3;
    }

    public void Add(ushort type, uint value) => Add(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    /// <summary>0, or the errno.</summary>
    public int Ask(INetlink netlink)
    {
        MemoryMarshal.Write(_octets, _length);
        netlink.Send(_octets.AsSpan(0, _length));
        byte[] answer = new byte[4096];
        while (true)
        {
            var reader = new NetlinkReader(answer.AsSpan(0, Math.Min(netlink.Receive(answer), answer.Length)));
            while (reader.MoveNext())
            {
                if (reader.Current.Type == NetlinkMessage.TypeError)
                {
                    return reader.Current.Errno;
                }
            }
        }
    }
}
