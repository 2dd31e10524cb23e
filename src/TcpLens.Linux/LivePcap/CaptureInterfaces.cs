using System.Runtime.InteropServices;

namespace TcpLens.Linux;

/// <summary>Interfaces that packets can be captured on, in the calling thread's namespace.</summary>
public static unsafe class CaptureInterfaces
{
    /// <summary>Names of network interfaces, in libpcap's order: those that are up and run first, loopback last.</summary>
    /// <exception cref="IOException">There is no libpcap, or the kernel does not tell.</exception>
    public static IReadOnlyList<string> Names()
    {
        Libpcap.Load();
        byte* failure = stackalloc byte[Libpcap.PCAP_ERRBUF_SIZE];
        Libpcap.PcapIf* all;
        if (Libpcap.pcap_findalldevs(&all, failure) != 0)
        {
            throw new IOException("could not list the interfaces: " + PcapHandle.TextOf(new(failure, Libpcap.PCAP_ERRBUF_SIZE)));
        }

        // libpcap also lists what is no network: USB buses, Bluetooth, netfilter's logs, D-Bus.
        InterfaceNames known = InterfaceNames.Read();
        List<string> names = [], loopbacks = [];
        for (Libpcap.PcapIf* one = all; one is not null; one = one->next)
        {
            string name = Marshal.PtrToStringUTF8((nint)one->name) ?? "";
            if (known.IndexOf(name) is not null)
            {
                ((one->flags & Libpcap.PCAP_IF_LOOPBACK) != 0 ? loopbacks : names).Add(name);
            }
        }

        Libpcap.pcap_freealldevs(all);
        return [.. names, .. loopbacks];
    }
}
