using System.Globalization;
using System.Text.Json;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>
/// What all readers of the kernel's tables can say of a socket. Read here from four texts, by code that shares nothing with the
/// program's own readers and writers but the names of the states and the text of addresses.
/// </summary>
internal sealed record SocketRow(IpFamily Family, TcpState State, uint ReceiveQueue, uint SendQueue, Endpoint Local, Endpoint Remote) : IComparable<SocketRow>
{
    public static SocketRow Of(ExpectedSocket socket)
        => new(socket.Family, socket.State, socket.ReceiveQueue, socket.SendQueue, socket.Local, socket.Remote);

    /// <summary>A line of <c>ss -tanH</c> or of <c>tcplens list -H</c>: the first five columns are the same.</summary>
    public static SocketRow OfLine(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        TcpState state = Enum.GetValues<TcpState>().Single(state => state.Name(StateSpelling.Ss) == words[0]);
        IpFamily family = words[3][0] is '[' or '*' ? IpFamily.V6 : IpFamily.V4;
        return new(family, state, uint.Parse(words[1]), uint.Parse(words[2]), EndOf(words[3]), EndOf(words[4]));
    }

    /// <summary>A line of /proc/net/tcp or tcp6: addresses are 32-bit words in the machine's byte order.</summary>
    public static SocketRow OfProc(string line)
    {
        string[] words = line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
        IpFamily family = words[1].Length == 8 ? IpFamily.V4 : IpFamily.V6;
        return new(family, (TcpState)Hex(words[5]), Hex(words[7]), Hex(words[6]), End(words[1], words[2]), End(words[3], words[4]));

        static Endpoint End(string address, string port)
        {
            byte[] octets = Convert.FromHexString(address);
            for (int i = 0; BitConverter.IsLittleEndian && i < octets.Length; i += 4)
            {
                octets.AsSpan(i, 4).Reverse();
            }

            return new Endpoint(HostAddress.FromNetworkOrder(octets), (ushort)Hex(port));
        }

        static uint Hex(string text) => uint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    /// <summary>A socket of <c>tcplens list --json</c>.</summary>
    public static SocketRow OfJson(JsonElement socket)
    {
        TcpState state = Enum.GetValues<TcpState>().Single(state => state.Name(StateSpelling.Snake) == socket.Text("state"));
        (string receive, string send) = state == TcpState.Listen
            ? ("accept_queue_length", "accept_queue_limit")
            : ("receive_queue_bytes", "send_queue_bytes");
        return new(
            socket.Text("family") == "ipv4" ? IpFamily.V4 : IpFamily.V6, state,
            socket.GetProperty(receive).GetUInt32(), socket.GetProperty(send).GetUInt32(), End("local"), End("remote"));

        Endpoint End(string which) => new(HostAddress.Parse(socket.Text(which + "_address")!)!.Value, socket.GetProperty(which + "_port").GetUInt16());
    }

    /// <summary>/proc says 0 where sock_diag says the limit of a listener's queue.</summary>
    public SocketRow AsProcHasIt() => State == TcpState.Listen ? this with { SendQueue = 0 } : this;

    public int CompareTo(SocketRow? other) => string.CompareOrdinal(ToString(), other?.ToString());

    private static Endpoint EndOf(string text)
    {
        int colon = text.LastIndexOf(':');
        HostAddress address = HostAddress.Parse(text[..colon].Trim('[', ']').Replace("*", "::"))!.Value;
        return new Endpoint(address, text[(colon + 1)..] is "*" ? (ushort)0 : ushort.Parse(text[(colon + 1)..]));
    }
}
