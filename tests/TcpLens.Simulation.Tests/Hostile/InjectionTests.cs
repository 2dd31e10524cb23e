using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>
/// An attacker beside the path who knows addresses and ports, and who is told more than a blind one could know: where the windows are. A
/// transfer goes on meanwhile. What RFC 5961 and RFC 5927 promise is held: no octet is changed, and the connection lives.
/// </summary>
public sealed class InjectionTests
{
    private const int Octets = 600_000;
    private const int Shots = 3_000;

    private static readonly Weather Narrow = new() { Delay = TimeSpan.FromMilliseconds(10), BitsPerSecond = 5_000_000, QueuePackets = 100, Loss = 0.005 };

    /// <summary>PAWS would protect as well, by numbers that are as hard to guess; here it is not to be what protects.</summary>
    private static readonly TcpSettings WithoutTimestamps = TcpSettings.Default with { Timestamps = false };

    /// <summary>RFC 5961 §3.2 and §4.2: inside the window, and never exactly RCV.NXT.</summary>
    [Theory]
    [InlineData(ControlBits.Rst)]
    [InlineData(ControlBits.Rst | ControlBits.Ack)]
    [InlineData(ControlBits.Syn)]
    [InlineData(ControlBits.Syn | ControlBits.Ack)]
    [InlineData(ControlBits.Syn | ControlBits.Fin)]
    public void Resets_and_SYNs_inside_the_window_end_nothing(ControlBits bits)
    {
        Pair pair = Attack((pair, random, room) => Write(room, new()
        {
            Sequence = pair.FarConnection.Status.ReceiveNext + 1 + (uint)random.Below((int)pair.FarConnection.Status.ReceiveWindow - 1),
            Acknowledgment = new((uint)random.Next()),
            Bits = bits,
        }));

        AssertUnharmed(pair);
        TcpCounters counters = pair.Far.Host.Counters;
        Assert.InRange(counters[TcpCounter.TCPChallengeACK], 1, 10 * 10);   // A transfer of some seconds, ten a second.
        Assert.InRange(counters[bits.Has(ControlBits.Rst) ? DropReason.ResetNotExact : DropReason.SynUnexpected], 500, Shots);
    }

    /// <summary>RFC 5961 §5.2: data in the window, with an ACK of something that was never in flight.</summary>
    [Fact]
    public void Data_inside_the_window_changes_nothing_without_a_good_ACK()
    {
        Pair pair = Attack((pair, random, room) =>
        {
            ConnectionStatus status = pair.FarConnection.Status;
            byte[] lie = new byte[random.Between(1, 1000)];
            random.Fill(lie);
            bool isBehind = random.Chance(0.5);
            return Write(room, new()
            {
                Sequence = status.ReceiveNext + (uint)random.Below((int)status.ReceiveWindow),
                Acknowledgment = isBehind ? status.SendUnacknowledged + (uint)-random.Between((int)WindowSize.MaxOctets, int.MaxValue - 1) : status.SendNext + (uint)random.Between(1, int.MaxValue - 1),
                Bits = ControlBits.Ack | random.Pick(ControlBits.None, ControlBits.Psh, ControlBits.Urg, ControlBits.Fin),
                UrgentPointer = (ushort)random.Next(),
            }, lie);
        });

        AssertUnharmed(pair);
    }

    /// <summary>ACKs that a sender must not believe: of what it never sent, and of what is long past.</summary>
    [Fact]
    public void Forged_ACKs_end_nothing_and_make_no_storm()
    {
        Pair pair = Attack(
            (pair, random, room) =>
            {
                ConnectionStatus status = pair.NearConnection.Status;
                return ForgedPacket.WriteSegment(room, Pair.FarEnd, Pair.NearEnd, new()
                {
                    Sequence = status.ReceiveNext,
                    Acknowledgment = status.SendNext + (uint)random.Between(1, int.MaxValue - 1),
                    Bits = ControlBits.Ack,
                    Window = new((ushort)random.Next()),
                });
            },
            atNear: true);

        AssertUnharmed(pair);
        Assert.InRange(pair.Near.Host.Counters[TcpCounter.TCPChallengeACK], 1, 10 * 10);
    }

    /// <summary>RFC 5927: even an ICMP error that quotes a number in flight does not end a synchronized connection.</summary>
    [Fact]
    public void ICMP_errors_end_nothing_whatever_they_quote()
    {
        Pair pair = Attack(
            (pair, random, room) =>
            {
                ConnectionStatus status = pair.NearConnection.Status;
                SeqNum quoted = random.Chance(0.5) ? status.SendUnacknowledged + (uint)random.Below(Math.Max(status.SendNext - status.SendUnacknowledged, 1)) : new((uint)random.Next());
                (int type, int code) = random.Pick((3, 0), (3, 1), (3, 2), (3, 3), (3, 13), (4, 0), (11, 0), (12, 0));
                return ForgedPacket.WriteIcmpError(room, HostAddress.V4(0xc0a8_0101), Pair.NearEnd, Pair.FarEnd, quoted, (byte)type, (byte)code);
            },
            atNear: true);

        AssertUnharmed(pair);
    }

    /// <summary>RFC 5927 §7: "fragmentation needed" with any MTU, also below what any path has, makes segments small and not smaller than the floor.</summary>
    [Fact]
    public void A_lie_about_the_MTU_makes_segments_smaller_and_no_more()
    {
        Pair pair = Attack(
            (pair, random, room) =>
            {
                ConnectionStatus status = pair.NearConnection.Status;
                return ForgedPacket.WriteIcmpError(
                    room, HostAddress.V4(0xc0a8_0101), Pair.NearEnd, Pair.FarEnd, status.SendUnacknowledged, type: 3, code: 4, rest: (uint)random.Below(1000));
            },
            atNear: true);

        AssertUnharmed(pair);
        Assert.InRange(pair.NearConnection.Status.SendSegmentSize, 500, 1448);
    }

    /// <summary>The only shots that count: RFC 5961 lets an exact RST end a connection.</summary>
    [Fact]
    public void An_exact_reset_ends_the_connection()
    {
        var pair = new Pair(weather: Narrow, settings: WithoutTimestamps, client: Pair.Sends(Octets));
        Attacker attacker = Aim(pair, atNear: false);
        pair.Open().World.Run(TimeSpan.FromMilliseconds(500));
        byte[] room = new byte[100];
        int length = Write(room, new() { Sequence = pair.FarConnection.Status.ReceiveNext, Bits = ControlBits.Rst });
        attacker.Send(room.AsSpan(0, length));
        pair.World.Run(TimeSpan.Zero);

        Assert.Equal((TcpState.Closed, ConnectionError.Reset), (pair.FarConnection.State, pair.Server.Error));
        pair.RunToEnd();
        Assert.Equal(ConnectionError.Reset, pair.Client.Error);
    }

    private static Pair Attack(Func<Pair, SeededRandom, Span<byte>, int> shot, bool atNear = false)
    {
        var pair = new Pair(weather: Narrow, settings: WithoutTimestamps, client: Pair.Sends(Octets), server: Pair.Sends(1000));
        SeededRandom random = pair.World.NewRandom();
        Aim(pair, atNear).Begin((room, _) => pair.Server.IsConnected && !pair.Server.IsOver && !pair.Client.IsOver ? shot(pair, random, room) : 0, default, TimeSpan.FromMilliseconds(0.5), Shots);
        return pair.Open().RunToEnd();
    }

    private static Attacker Aim(Pair pair, bool atNear)
    {
        var attacker = pair.World.Add(new Attacker());
        pair.World.Connect(attacker, atNear ? pair.Near : pair.Far);
        return attacker;
    }

    private static int Write(Span<byte> room, TcpFields fields, byte[]? payload = null)
        => ForgedPacket.WriteSegment(room, Pair.NearEnd, Pair.FarEnd, fields with { Window = new(1000) }, payload: payload);

    private static void AssertUnharmed(Pair pair)
    {
        Assert.Equal((ConnectionError.None, ConnectionError.None), (pair.Client.Error, pair.Server.Error));
        Assert.True(pair.IsComplete);
    }
}
