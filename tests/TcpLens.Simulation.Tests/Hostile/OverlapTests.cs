using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>A peer that says different octets for the same numbers: the first that was taken stays, whatever overlaps it.</summary>
public sealed class OverlapTests
{
    private const int Stream = 20_000;

    [Fact]
    public void The_first_octet_for_a_number_stays_whatever_order_and_overlap()
        => Seeds.All(500, Run);

    /// <summary>The model: an octet is taken when its number is in the window and was not taken before.</summary>
    private static string? Run(ulong seed)
    {
        var random = new SeededRandom(seed);
        var peer = new KnownPeer(TcpSettings.Default with { ReceiveBuffer = 60_000 });
        byte?[] model = new byte?[Stream];
        List<byte> read = [];
        byte[] room = new byte[4096];
        while (read.Count < Stream)
        {
            int hole = Array.FindIndex(model, static octet => octet is null);
            int at = random.Chance(0.3) && hole >= 0 ? hole : Math.Min(Stream - 1, read.Count + random.Below(6_000));
            byte[] payload = new byte[Math.Min(Stream - at, 1 + random.Below(1460))];
            random.Fill(payload);
            int before = random.Chance(0.2) ? Math.Min(at, random.Below(400)) : 0;   // Some of it is old.
            byte[] whole = [.. new byte[before], .. payload];
            DropReason reason = peer.Say(Data(at - before, whole));
            if (reason != DropReason.NoRoom)
            {
                Fill(model, at - before, whole, taken: Contiguous(model));
            }

            int got = peer.Connection.Receive(room.AsSpan(0, random.Below(room.Length)), peer.Now);
            read.AddRange(room.AsSpan(0, got));
            peer.Wait(TimeSpan.FromMilliseconds(1));
        }

        return model.Select(static octet => octet ?? 0).SequenceEqual(read) ? null : "what was read is not what came first";
    }

    private static int Contiguous(byte?[] model) => Array.FindIndex(model, static octet => octet is null) is var at and >= 0 ? at : model.Length;

    private static void Fill(byte?[] model, int at, byte[] payload, int taken)
    {
        for (int i = 0; i < payload.Length; i++)
        {
            model[at + i] ??= at + i < taken ? model[at + i] : payload[i];
        }
    }

    private static TcpSegment Data(int at, byte[] payload) => new()
    {
        Sequence = KnownPeer.Initial + 1 + (uint)at,
        Acknowledgment = new(1_001),
        Bits = ControlBits.Ack,
        Window = new(ushort.MaxValue),
        Payload = payload,
    };
}
