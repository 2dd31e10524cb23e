using System.Runtime.InteropServices;
using System.Text;

namespace TcpLens.Linux;

/// <summary>A pcap_t.</summary>
internal sealed unsafe class PcapHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    /// <summary>What libpcap says of its last failure with this handle.</summary>
    public string Failure => Marshal.PtrToStringUTF8((nint)Libpcap.pcap_geterr(this)) ?? "";

    public static string TextOf(ReadOnlySpan<byte> errbuf)
    {
        int end = errbuf.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? errbuf : errbuf[..end]);
    }

    protected override bool ReleaseHandle()
    {
        Libpcap.pcap_close(handle);
        return true;
    }
}
