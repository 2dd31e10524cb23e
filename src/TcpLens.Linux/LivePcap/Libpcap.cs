using System.Reflection;
using System.Runtime.InteropServices;

namespace TcpLens.Linux;

/// <summary>
/// libpcap, by its own names (pcap/pcap.h, pcap/bpf.h). It is loaded when it is first called; <see cref="Load"/> says in one line
/// what to install where it is missing.
/// </summary>
internal static unsafe partial class Libpcap
{
    public const int PCAP_ERRBUF_SIZE = 256;
    public const int PCAP_ERROR = -1;
    public const int PCAP_ERROR_BREAK = -2;
    public const int PCAP_ERROR_NO_SUCH_DEVICE = -5;
    public const int PCAP_ERROR_PERM_DENIED = -8;
    public const int PCAP_ERROR_IFACE_NOT_UP = -9;
    public const int PCAP_ERROR_PROMISC_PERM_DENIED = -11;
    public const int PCAP_TSTAMP_PRECISION_NANO = 1;
    public const int PCAP_IF_LOOPBACK = 1;

    /// <summary>No IPv4 broadcast address is known: "ip broadcast" does not compile, everything else does.</summary>
    public const uint PCAP_NETMASK_UNKNOWN = 0xffff_ffff;

    /// <summary>Values of DLT_… that differ from the LINKTYPE_… of the same link in files.</summary>
    public const int DLT_RAW = 12;
    public const int LINKTYPE_RAW = 101;
    public const int DLT_LINUX_SLL2 = 276;

    private const string Library = "libpcap";

    /// <summary>Debian's name for libpcap 1, and that of everybody else.</summary>
    private static readonly string[] FileNames = ["libpcap.so.0.8", "libpcap.so.1"];

    private static nint _loaded;

    static Libpcap() => NativeLibrary.SetDllImportResolver(typeof(Libpcap).Assembly, Resolve);

    /// <exception cref="IOException">There is none; the message says what to install.</exception>
    public static void Load()
    {
        foreach (string name in FileNames)
        {
            if (_loaded != 0 || NativeLibrary.TryLoad(name, out _loaded))
            {
                return;
            }
        }

        throw new IOException("could not load libpcap.so.0.8, which captures packets and understands filters; install the package libpcap0.8 (Debian, Ubuntu) or libpcap (Fedora, Arch, Alpine)");
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) => library == Library ? _loaded : 0;

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial PcapHandle pcap_create(string source, byte* errbuf);

    [LibraryImport(Library)]
    public static partial PcapHandle pcap_open_dead(int linktype, int snaplen);

    [LibraryImport(Library)]
    public static partial void pcap_close(nint p);

    [LibraryImport(Library)]
    public static partial int pcap_set_snaplen(PcapHandle p, int snaplen);

    [LibraryImport(Library)]
    public static partial int pcap_set_promisc(PcapHandle p, int promisc);

    [LibraryImport(Library)]
    public static partial int pcap_set_timeout(PcapHandle p, int milliseconds);

    [LibraryImport(Library)]
    public static partial int pcap_set_buffer_size(PcapHandle p, int octets);

    [LibraryImport(Library)]
    public static partial int pcap_set_tstamp_precision(PcapHandle p, int precision);

    [LibraryImport(Library)]
    public static partial int pcap_get_tstamp_precision(PcapHandle p);

    [LibraryImport(Library)]
    public static partial int pcap_activate(PcapHandle p);

    [LibraryImport(Library)]
    public static partial int pcap_setnonblock(PcapHandle p, int nonblock, byte* errbuf);

    [LibraryImport(Library)]
    public static partial int pcap_get_selectable_fd(PcapHandle p);

    [LibraryImport(Library)]
    public static partial int pcap_datalink(PcapHandle p);

    [LibraryImport(Library)]
    public static partial int pcap_set_datalink(PcapHandle p, int dlt);

    [LibraryImport(Library)]
    public static partial int pcap_snapshot(PcapHandle p);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int pcap_compile(PcapHandle p, BpfProgramCode* program, string text, int optimize, uint netmask);

    [LibraryImport(Library)]
    public static partial int pcap_setfilter(PcapHandle p, BpfProgramCode* program);

    [LibraryImport(Library)]
    public static partial void pcap_freecode(BpfProgramCode* program);

    /// <summary>Runs a filter on a packet: some hundred instructions of arithmetic that neither block nor call back, so the thread need not step aside for the collector.</summary>
    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int pcap_offline_filter(BpfProgramCode* program, PcapPkthdr* header, byte* packet);

    [LibraryImport(Library)]
    public static partial int pcap_dispatch(PcapHandle p, int most, delegate* unmanaged[Cdecl]<byte*, PcapPkthdr*, byte*, void> handler, nint user);

    [LibraryImport(Library)]
    public static partial void pcap_breakloop(PcapHandle p);

    [LibraryImport(Library)]
    public static partial int pcap_stats(PcapHandle p, PcapStat* statistics);

    [LibraryImport(Library)]
    public static partial byte* pcap_geterr(PcapHandle p);

    [LibraryImport(Library)]
    public static partial int pcap_findalldevs(PcapIf** all, byte* errbuf);

    [LibraryImport(Library)]
    public static partial void pcap_freealldevs(PcapIf* all);

    /// <summary>struct pcap_pkthdr; with PCAP_TSTAMP_PRECISION_NANO tv_usec counts nanoseconds.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PcapPkthdr
    {
        public nint tv_sec;
        public nint tv_usec;
        public uint caplen;
        public uint len;
    }

    /// <summary>struct pcap_stat</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PcapStat
    {
        public uint ps_recv;
        public uint ps_drop;
        public uint ps_ifdrop;
    }

    /// <summary>struct bpf_program</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct BpfProgramCode
    {
        public uint bf_len;
        public nint bf_insns;
    }

    /// <summary>struct pcap_if</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PcapIf
    {
        public PcapIf* next;
        public byte* name;
        public byte* description;
        public nint addresses;
        public uint flags;
    }
}
