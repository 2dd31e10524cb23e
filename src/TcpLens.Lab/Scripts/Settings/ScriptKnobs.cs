using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>
/// What a script's machine is set to at this moment: it begins as its author's machine was, and sysctls move it. Sockets take what they find when
/// they listen or connect.
/// </summary>
internal sealed class ScriptKnobs
{
    public ScriptKnobs(ScriptProfile profile, ScriptSecurity security)
    {
        Profile = profile;
        Security = security;
        Tcp = Beginning(profile);
        ReceiveSpace = profile == ScriptProfile.FreeBsd ? 65536 : 1 << 20;
        SendSpace = profile == ScriptProfile.FreeBsd ? 32768 : 256 << 10;
    }

    public ScriptProfile Profile { get; }

    public ScriptSecurity Security { get; }

    public TcpSettings Tcp { get; set; }

    /// <summary>Octets (net.inet.tcp.recvspace, the middle of net.ipv4.tcp_rmem).</summary>
    public int ReceiveSpace { get; set; }

    /// <summary>Octets (net.inet.tcp.sendspace, the middle of net.ipv4.tcp_wmem).</summary>
    public int SendSpace { get; set; }

    /// <summary>FreeBSD's kern.ipc.maxsockbuf; it chooses the window scale there.</summary>
    public long MaximumSocketBuffer { get; set; } = 2 << 20;

    /// <summary>How long a connection may take to be opened (net.inet.tcp.keepinit).</summary>
    public TimeSpan? ConnectTimeout { get; set; }

    public SynCookies Cookies { get; set; } = SynCookies.WhenFull;

    public bool ResetOnOverflow { get; set; }

    public int Mtu { get; set; } = 1500;

    /// <summary>Octets that the route makes us ask for (ip route … advmss).</summary>
    public ushort? AdvertisedSegmentSize { get; set; }

    /// <summary>False for a kernel: its scale follows from sysctls of the whole machine.</summary>
    public bool ComparesScale { get; init; } = true;

    /// <summary>The shift that the script's own SYN shows: how large a buffer can become is the host's choice, which the RFC does not bind.</summary>
    public byte? ShiftSeen { get; set; }

    /// <summary>Takes "advmss" and "mtu" out of an ip command.</summary>
    public void SetRoute(IReadOnlyList<string> words)
    {
        for (int i = 0; i < words.Count - 1; i++)
        {
            string value = words[i + 1] == "lock" ? words[Math.Min(i + 2, words.Count - 1)] : words[i + 1];
            if (words[i] == "advmss" && ushort.TryParse(value, out ushort size))
            {
                AdvertisedSegmentSize = size;
            }
            else if (words[i] == "mtu" && int.TryParse(value, out int mtu) && mtu is >= 576 and <= ushort.MaxValue)
            {
                Mtu = mtu;
            }
        }
    }

    /// <summary>Settings for a connection whose segments carry up to <paramref name="segmentSize"/> octets.</summary>
    public TcpSettings For(int segmentSize, int? receiveBuffer)
    {
        int space = receiveBuffer ?? ReceiveSpace;
        TcpSettings settings = Profile == ScriptProfile.FreeBsd
            ? Tcp with
            {
                ReceiveBuffer = WholeSegments(space, segmentSize),
                WindowShift = BsdShift(MaximumSocketBuffer),
                InitialReceiveWindow = Math.Min(space, ushort.MaxValue),
            }
            : Tcp with { ReceiveBuffer = space, WindowShift = ShiftSeen };
        return Security == ScriptSecurity.AsScript ? settings
            : settings with { ResistBlindResets = Security == ScriptSecurity.Rfc5961, ResistBlindSyns = Security == ScriptSecurity.Rfc5961 };
    }

    /// <summary>FreeBSD makes a connection's buffer a multiple of its segments (sys/netinet/tcp_input.c, tcp_mss).</summary>
    public static int WholeSegments(int octets, int segmentSize) => (octets + segmentSize - 1) / segmentSize * segmentSize;

    private static byte BsdShift(long buffer)
    {
        byte shift = 0;
        while (shift < WindowScale.MaxShift && (long)ushort.MaxValue << shift < buffer)
        {
            shift++;
        }

        return shift;
    }

    private static TcpSettings Beginning(ScriptProfile profile) => profile switch
    {
        ScriptProfile.Linux => TcpSettings.Default with { RequireTimestamps = false, ProtectTimeWait = false, WindowProbe = WindowProbe.Empty, LazyWindowUpdates = true },
        ScriptProfile.FreeBsd => TcpSettings.Default with
        {
            OptionOrder = OptionOrder.FreeBsd,
            DelayedAck = TimeSpan.FromMilliseconds(100),
            QuickAcks = 0,
            MinimumRto = TimeSpan.FromMilliseconds(230),
            RequireTimestamps = false,
            AdvertisesEveryOctet = true,
            AcceptSynFin = true,
            ReuseTimeWait = false,
            Congestion = CongestionAlgorithm.NewReno,
            Rack = false,
        },
        _ => TcpSettings.Default with { ReuseTimeWait = false },
    };
}
