using System.Runtime.InteropServices;
using System.Text;

namespace TcpLens.Linux;

/// <summary>A pcap_t.</summary>
internal sealed unsafe class PcapHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    /// <summary>What libpcap says of its last failure with this handle.</summary>
    public string Failure => Marshal.PtrToStringUTF8((nint)Libpcap.pcap_geterr(this)) ?? "";

    /// <summary>Compiles a filter for the link type and the snap length of this handle. Whoever gets it frees it by pcap_freecode.</summary>
    /// <exception cref="FilterSyntaxException">It is no filter, or none for such a link.</exception>
    public Libpcap.BpfProgramCode Compile(string filter)
    {
        var program = default(Libpcap.BpfProgramCode);
        return Libpcap.pcap_compile(this, &program, filter, optimize: 1, Libpcap.PCAP_NETMASK_UNKNOWN) == 0
            ? program
            : throw new FilterSyntaxException(filter, Failure);
    }

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
