using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>
/// A peer who knows every number and says anything: absurd SACK blocks, windows that shrink and open, options without sense, any bits, in
/// any state. Nothing is thrown, every step is one of the table's, and queues stay within their limits.
/// </summary>
public sealed class GarbageTests
{
    private const int ReceiveBuffer = 50_000;
    private const int SendBuffer = 30_000;

    [Fact]
    public void Nothing_is_thrown_no_step_is_taken_that_the_table_does_not_have_and_queues_keep_their_limits()
        => Seeds.All(4_000, static seed =>
        {
            Run(seed);
            return null;
        });

    private static void Run(ulong seed)
    {
        var random = new SeededRandom(seed);
        var peer = new KnownPeer(Settings(random), Offers(random));
        TcpConnection connection = peer.Connection;
        byte[] room = new byte[3_000];
        bool isSending = true;
        for (int step = 0; step < 150 && connection.State != TcpState.Closed; step++)
        {
            TcpState before = connection.State;
            switch (random.Below(8))
            {
                case 0 when isSending:
                    connection.Send(room.AsSpan(0, random.Below(room.Length)), peer.Now);
                    break;
                case 1:
                    connection.Receive(room.AsSpan(0, random.Below(room.Length)), peer.Now);
                    break;
                case 2:
                    peer.Wait(random.Pick(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(250), random.Below(TimeSpan.FromSeconds(100))));
                    break;
                case 3 when random.Chance(0.1):
                    connection.CloseSending(peer.Now);
                    isSending = false;
                    break;
                case 4 when random.Chance(0.05):
                    connection.OnIcmp(Near(random, connection.Status.SendUnacknowledged), (ConnectionError)random.Below(10), random.Chance(0.5), (ushort)random.Below(3000), peer.Now);
                    break;
                default:
                    SaySomething(peer, random);
                    break;
            }

            peer.Drain();
            isSending &= connection.State is TcpState.Established or TcpState.CloseWait;
            AssertReachable(before, connection.State);
            Assert.InRange(connection.Readable, 0, ReceiveBuffer);
            Assert.InRange(connection.Status.SendQueue, 0, SendBuffer + 2);
            Assert.InRange(connection.Status.ReceiveWindow, 0u, (uint)ReceiveBuffer);
        }
    }

    /// <summary>At most two steps of the table: one event can bring two (an ACK of the FIN, and a FIN, in one segment).</summary>
    private static void AssertReachable(TcpState from, TcpState to)
    {
        bool isReachable = from == to || TcpTransitions.HasPair(from, to)
            || TcpTransitions.From(from).Any(first => TcpTransitions.HasPair(first.To, to));
        Assert.True(isReachable, $"{from} became {to}");
    }

    private static void SaySomething(KnownPeer peer, SeededRandom random)
    {
        ConnectionStatus status = peer.Connection.Status;
        byte[] payload = new byte[random.Pick(0, 0, 1, random.Below(1500), random.Below(60_000))];
        ControlBits bits = random.Chance(0.8)
            ? ControlBits.Ack | random.Pick(ControlBits.None, ControlBits.None, ControlBits.Psh, ControlBits.Urg, ControlBits.Ece, ControlBits.Cwr, random.Chance(0.1) ? ControlBits.Fin : ControlBits.None)
            : (ControlBits)random.Below((int)ControlBits.All + 1) & (random.Chance(0.05) ? ControlBits.All : ~ControlBits.Rst);
        peer.Say(new TcpSegment
        {
            Sequence = random.Chance(0.5) ? status.ReceiveNext : Near(random, status.ReceiveNext),
            Acknowledgment = random.Chance(0.6) ? Between(random, status.SendUnacknowledged, status.SendNext) : Near(random, status.SendUnacknowledged),
            Bits = bits,
            Window = new((ushort)random.Pick(0, 1, random.Below(3000), ushort.MaxValue)),
            UrgentPointer = (ushort)random.Next(),
            Ecn = (EcnCodepoint)random.Below(4),
            Options = Options(random, status),
            Payload = payload,
        });
    }

    private static SegmentOptions Options(SeededRandom random, ConnectionStatus status)
    {
        var options = new SegmentOptions
        {
            Present = (SegmentOptionSet)random.Next(),
            MaximumSegmentSize = (ushort)random.Next(),
            WindowScale = new((byte)random.Next()),
            TimestampValue = random.Chance(0.7) ? 100u + (uint)random.Below(1000) : (uint)random.Next(),
            TimestampEcho = (uint)random.Next(),
            UserTimeout = (ushort)random.Next(),
        };
        if (status.HasTimestamps && random.Chance(0.9))
        {
            options.Present |= SegmentOptionSet.Timestamps;
        }

        SackBlocks blocks = default;
        for (int i = random.Below(5); i > 0; i--)
        {
            SeqNum left = random.Chance(0.7) ? Between(random, status.SendUnacknowledged, status.SendNext) : Near(random, status.SendUnacknowledged);
            blocks.TryAdd(new(left, random.Chance(0.7) ? left + (uint)random.Below(3000) : new((uint)random.Next())));
        }

        options.Sack = blocks;
        return options;
    }

    private static TcpSettings Settings(SeededRandom random) => TcpSettings.Default with
    {
        ReceiveBuffer = ReceiveBuffer,
        SendBuffer = SendBuffer,
        Rack = random.Chance(0.5),
        Pacing = random.Chance(0.3),
        RequireTimestamps = random.Chance(0.5),
        Congestion = random.Chance(0.5) ? CongestionAlgorithm.Cubic : CongestionAlgorithm.NewReno,
        WindowProbe = random.Chance(0.5) ? WindowProbe.OneOctet : WindowProbe.Empty,
        ResistBlindData = random.Chance(0.8),
        ResistBlindResets = random.Chance(0.8),
        ResistBlindSyns = random.Chance(0.8),
        Options = new() { NoDelay = random.Chance(0.5), KeepAlive = random.Chance(0.5), UserTimeout = random.Pick(TimeSpan.Zero, TimeSpan.FromSeconds(30)) },
    };

    private static SegmentOptions Offers(SeededRandom random) => new()
    {
        Present = (SegmentOptionSet)random.Below((int)SegmentOptionSet.Sack) | SegmentOptionSet.MaximumSegmentSize,
        MaximumSegmentSize = (ushort)random.Pick(1460, random.Below(1 << 16)),
        WindowScale = new((byte)random.Below(15)),
        TimestampValue = 100,
    };

    private static SeqNum Near(SeededRandom random, SeqNum number) => number + (uint)random.Pick(random.Between(-70_000, 70_000), random.Between(-3, 3), (int)random.Next());

    private static SeqNum Between(SeededRandom random, SeqNum from, SeqNum to) => from + (uint)random.Below(Math.Max(to - from + 1, 1));
}
