using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>Devices, tunnels and bridges.</summary>
internal static class DeviceDrops
{
    public static readonly ReasonPage[] Pages =
    [
        new("DEV_READY", Notice, "device not ready", "The device is down, or nobody has opened the other end of a TUN or veth.") { Conditions = ["local-drop"] },
        new("DEV_HDR", Notice, "header of the device is wrong", "What the driver, a TUN writer or a virtual machine put before the packet makes no sense."),
        new("SKB_CSUM", Warning, "checksum could not be computed", "The kernel had to compute a checksum that the device does not, and failed.") { Conditions = ["local-drop"] },
        new("SKB_GSO_SEG", Warning, "large packet could not be cut up", "A packet of several segments had to be cut for a device that cannot do it, and that failed: no memory, or an odd combination of offloads.") { Conditions = ["local-drop"] },
        new("SKB_UCOPY_FAULT", Notice, "memory of the process could not be read", "Data that was to be sent without a copy lies in memory that is gone."),
        new("UNHANDLED_PROTO", Info, "nobody here takes that protocol", "No handler for the type of the frame, or a TUN device got something that is not IP; not TCP."),
        new("VXLAN_INVALID_HDR", Notice, "malformed VXLAN header", "The flags or reserved fields of the tunnel's header are wrong."),
        new("VXLAN_VNI_NOT_FOUND", Notice, "no VXLAN network of that number", "A packet came for a virtual network that is not on this machine."),
        new("VXLAN_ENTRY_EXISTS", Notice, "VXLAN address may not move", "A MAC address appeared behind another tunnel end, and its entry is a fixed one."),
        new("MAC_INVALID_SOURCE", Notice, "source MAC address that cannot be", "Multicast or all zeros as the source of a frame."),
        new("NO_TX_TARGET", Notice, "no device to send it through", "A bond, team or tunnel has no active member or end for the packet.") { Conditions = ["local-drop"] },
        new("IP_TUNNEL_ECN", Notice, "congestion marks of tunnel and packet disagree", "The outer header says congestion and the inner one cannot carry the mark (RFC 6040 4.2): to tell the sender, the packet is dropped.") { SeeAlso = ["tcp_ecn"] },
        new("TUNNEL_TXINFO", Notice, "tunnel was not told where to", "A tunnel in external mode got a packet without the addresses that a route or tc rule should have added."),
        new("LOCAL_MAC", Notice, "frame from this machine's own MAC address", "A loop on the link, or two machines with one address.") { Conditions = ["local-drop"] },
        new("ARP_PVLAN_DISABLE", Info, "would leave where it came in", "Something other than IP that would be forwarded to the device it came from, and proxy_arp_pvlan is off."),
        new("MAC_IEEE_MAC_CONTROL", Info, "control frame of Ethernet", "Pause frames and the like are for the link only."),
        new("BRIDGE_INGRESS_STP_STATE", Notice, "port of the bridge is blocked", "Spanning tree does not let the port forward: the first seconds after it came up, or a loop that was cut.") { Conditions = ["local-drop"] },
        new("PACKET_SOCK_ERROR", Info, "a capture could not take its copy", "A packet socket (tcpdump) was full or short of memory; the packet itself went on."),
        new("CAN_RX_INVALID_FRAME", Info, "invalid CAN frame", "Not of the Internet: a field bus."),
        new("CANFD_RX_INVALID_FRAME", Info, "invalid CAN FD frame", "Not of the Internet: a field bus."),
        new("CANXL_RX_INVALID_FRAME", Info, "invalid CAN XL frame", "Not of the Internet: a field bus."),
    ];
}
