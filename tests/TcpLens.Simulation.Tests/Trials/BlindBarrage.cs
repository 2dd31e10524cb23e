using TcpLens.Protocol;

namespace TcpLens.Simulation.Tests;

/// <summary>
/// An attacker who knows addresses and ports, and no numbers: segments of every kind at random numbers, and ICMP errors that quote random
/// numbers, in the name of either end, at both hosts.
/// </summary>
internal static class BlindBarrage
{
    public static void Begin(World world, HostNode near, HostNode far, Endpoint nearEnd, Endpoint farEnd, int packets)
    {
        Aim(world, near, farEnd, nearEnd, packets);
        Aim(world, far, nearEnd, farEnd, packets);
    }

    private static void Aim(World world, HostNode victim, Endpoint inNameOf, Endpoint at, int packets)
    {
        var attacker = world.Add(new Attacker());
        world.Connect(attacker, victim);
        SeededRandom random = world.NewRandom();
        attacker.Begin((room, _) => random.Chance(0.2) ? WriteIcmp(room, random, at, inNameOf) : WriteSegment(room, random, inNameOf, at), default, TimeSpan.FromMilliseconds(random.Between(1, 20)), packets);
    }

    private static int WriteSegment(Span<byte> room, SeededRandom random, Endpoint from, Endpoint to)
    {
        ControlBits bits = random.Pick(
            ControlBits.Rst, ControlBits.Rst | ControlBits.Ack, ControlBits.Ack, ControlBits.Ack | ControlBits.Psh, ControlBits.Fin | ControlBits.Ack,
            ControlBits.Syn | ControlBits.Ack, ControlBits.None, (ControlBits)random.Below((int)ControlBits.All + 1) & ~ControlBits.Syn);
        Span<byte> options = stackalloc byte[random.Below(11) * 4];
        random.Fill(options);
        Span<byte> payload = stackalloc byte[random.Pick(0, 1, random.Below(500))];
        random.Fill(payload);
        var fields = new TcpFields
        {
            Sequence = new((uint)random.Next()),
            Acknowledgment = new((uint)random.Next()),
            Bits = bits,
            Window = new((ushort)random.Next()),
            UrgentPointer = (ushort)random.Next(),
        };
        return ForgedPacket.WriteSegment(room, from, to, fields, options, payload, (EcnCodepoint)random.Below(4));
    }

    /// <summary>What a router would say of a segment that the victim sent.</summary>
    private static int WriteIcmp(Span<byte> room, SeededRandom random, Endpoint victim, Endpoint peer)
    {
        bool isV4 = victim.Address.IsV4Mapped;
        (int type, int code) = isV4
            ? random.Pick((3, 0), (3, 1), (3, 2), (3, 3), (3, 4), (11, 0), (12, 0), (4, 0))
            : random.Pick((1, 0), (1, 1), (1, 4), (2, 0), (3, 0), (4, 1));
        HostAddress router = isV4 ? HostAddress.V4(0xc0a8_0101) : new(0x2001_0db8_0000_0001, 1);
        return ForgedPacket.WriteIcmpError(room, router, victim, peer, new((uint)random.Next()), (byte)type, (byte)code, (uint)random.Below(2000));
    }
}
