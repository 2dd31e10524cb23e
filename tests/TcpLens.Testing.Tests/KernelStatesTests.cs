using System.Globalization;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Testing.Tests;

/// <summary>Two readers that share nothing with TcpLens, ss and the text of /proc, must see exactly what KernelStates says it made.</summary>
public sealed class KernelStatesTests : IClassFixture<KernelStatesTests.Fixture>
{
    private readonly Fixture _made;

    public KernelStatesTests(Fixture made) => _made = made;

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void All_eleven_states_are_there(IpFamily family)
    {
        IEnumerable<TcpState> states = _made.States!.Sockets.Concat(_made.States.BoundOnly).Where(s => s.Family == family).Select(s => s.State);

        Assert.Equal(Enum.GetValues<TcpState>().Order(), states.Distinct().Order());
    }

    [RootFact]
    public void Ss_shows_every_socket_and_no_other()
    {
        IEnumerable<string> seen = _made.Namespace!.Execute("ss", "-tanHeO").EnsureSuccess().Lines.Select(SsRow);

        Assert.Equal(_made.States!.Sockets.Select(s => Row(s, isSs: true)).Order(), seen.Order());
    }

    [RootFact]
    public void Ss_finds_the_namespace_by_its_name()
    {
        string[] inside = _made.Namespace!.Execute("ss", "-tanH").Lines;
        string[] byName = CommandRun.Run("ss", "-tanH", "-N", _made.Namespace.Name).EnsureSuccess().Lines;

        Assert.Equal(inside.Order(), byName.Order());
    }

    [RootFact]
    public void Proc_shows_every_socket_and_no_other()
    {
        IEnumerable<string> seen = _made.Namespace!.Run(() =>
            ProcRows("/proc/thread-self/net/tcp").Concat(ProcRows("/proc/thread-self/net/tcp6")).ToList());

        Assert.Equal(_made.States!.Sockets.Select(s => Row(s, isSs: false)).Order(), seen.Order());
    }

    [RootFact]
    public void Bound_sockets_are_in_neither()
    {
        Assert.Equal(2, _made.States!.BoundOnly.Count);
        string all = _made.Namespace!.Execute("ss", "-tanH").Output;
        Assert.All(_made.States.BoundOnly, bound => Assert.DoesNotContain(bound.Local.ToString(), all));
    }

    /// <summary>family, state, both ends, queues, held: in words that both readers can say.</summary>
    private static string Row(ExpectedSocket s, bool isSs)
    {
        uint send = s.State == TcpState.Listen && !isSs ? 0 : s.SendQueue;
        return $"{s.Family} {(int)s.State:X2} {s.Local} {s.Remote} {s.ReceiveQueue} {send} {s.IsHeld} {s.Kind == SocketKind.TimeWait}";
    }

    private static string SsRow(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        TcpState state = words[0] switch
        {
            "ESTAB" => TcpState.Established,
            "SYN-SENT" => TcpState.SynSent,
            "SYN-RECV" => TcpState.SynReceived,
            "FIN-WAIT-1" => TcpState.FinWait1,
            "FIN-WAIT-2" => TcpState.FinWait2,
            "TIME-WAIT" => TcpState.TimeWait,
            "CLOSE-WAIT" => TcpState.CloseWait,
            "LAST-ACK" => TcpState.LastAck,
            "LISTEN" => TcpState.Listen,
            "CLOSING" => TcpState.Closing,
            _ => TcpState.Closed,
        };
        IpFamily family = words[3].StartsWith('[') || words[3].StartsWith('*') ? IpFamily.V6 : IpFamily.V4;
        bool isHeld = words.Any(word => word.StartsWith("ino:", StringComparison.Ordinal) && word != "ino:0");
        bool isTimeWait = words.Any(word => word.StartsWith("timer:(timewait", StringComparison.Ordinal));
        return $"{family} {(int)state:X2} {End(words[3])} {End(words[4])} {words[1]} {words[2]} {isHeld} {isTimeWait}";

        Endpoint End(string text)
        {
            int colon = text.LastIndexOf(':');
            string address = text[..colon].Trim('[', ']').Replace("*", "::");
            return new Endpoint(HostAddress.Parse(address)!.Value, text[(colon + 1)..] is "*" ? (ushort)0 : ushort.Parse(text[(colon + 1)..]));
        }
    }

    private static IEnumerable<string> ProcRows(string path) => File.ReadLines(path).Skip(1).Select(line =>
    {
        string[] words = line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
        IpFamily family = path.EndsWith('6') ? IpFamily.V6 : IpFamily.V4;
        bool isHeld = words[13] != "0";
        bool isTimeWait = words[8] == "03";
        return $"{family} {words[5]} {End(words[1], words[2])} {End(words[3], words[4])} {Hex(words[7])} {Hex(words[6])} {isHeld} {isTimeWait}";
    });

    /// <summary>/proc writes addresses as 32-bit words in the machine's own byte order.</summary>
    private static Endpoint End(string address, string port)
    {
        byte[] octets = Convert.FromHexString(address);
        for (int i = 0; BitConverter.IsLittleEndian && i < octets.Length; i += 4)
        {
            octets.AsSpan(i, 4).Reverse();
        }

        return new Endpoint(HostAddress.FromNetworkOrder(octets), (ushort)Hex(port));
    }

    private static uint Hex(string text) => uint.Parse(text, NumberStyles.HexNumber);

    public sealed class Fixture : IDisposable
    {
        public Fixture()
        {
            if (Environment.IsPrivilegedProcess)
            {
                Namespace = new TestNamespace();
                States = KernelStates.Create(Namespace);
            }
        }

        public TestNamespace? Namespace { get; }

        public KernelStates? States { get; }

        public void Dispose()
        {
            States?.Dispose();
            Namespace?.Dispose();
        }
    }
}
