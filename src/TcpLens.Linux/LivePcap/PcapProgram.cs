using System.Runtime.InteropServices;

namespace TcpLens.Linux;

/// <summary>A compiled filter: a struct bpf_program in native memory, where it needs no pinning.</summary>
internal sealed unsafe class PcapProgram : SafeHandle
{
    private PcapProgram(nint program)
        : base(0, ownsHandle: true) => SetHandle(program);

    public override bool IsInvalid => handle == 0;

    /// <summary>Valid while this object is kept.</summary>
    public Libpcap.BpfProgramCode* Code => (Libpcap.BpfProgramCode*)handle;

    /// <summary>Compiles for the link type and the snap length of a handle.</summary>
    /// <exception cref="FilterSyntaxException">It is no filter, or none for such a link.</exception>
    public static PcapProgram Compile(PcapHandle handle, string filter)
    {
        var program = new PcapProgram((nint)NativeMemory.AllocZeroed((nuint)sizeof(Libpcap.BpfProgramCode)));
        if (Libpcap.pcap_compile(handle, program.Code, filter, optimize: 1, Libpcap.PCAP_NETMASK_UNKNOWN) == 0)
        {
            return program;
        }

        program.Dispose();
        throw new FilterSyntaxException(filter, handle.Failure);
    }

    protected override bool ReleaseHandle()
    {
        Libpcap.pcap_freecode(Code);
        NativeMemory.Free(Code);
        return true;
    }
}
