using System.Buffers.Binary;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Filtering;

/// <summary>What the kernel does with inet_diag bytecode (net/ipv4/inet_diag.c): first the check, then the run.</summary>
internal static class BytecodeInterpreter
{
    /// <summary>Every command's "true" way leads on, every "false" way to a command on the "true" way, the end, or four octets behind it.</summary>
    public static bool IsAccepted(ReadOnlySpan<byte> code)
    {
        HashSet<int> commands = [code.Length, code.Length + 4];
        for (int at = 0; at < code.Length; at += code[at + 1])
        {
            commands.Add(at);
            int shortest = 4 + ArgumentLength(code, at);
            if (code[at + 1] < shortest || code[at + 1] % 4 != 0 || at + code[at + 1] > code.Length || No(code, at) < shortest)
            {
                return false;
            }
        }

        for (int at = 0; at < code.Length; at += code[at + 1])
        {
            if (!commands.Contains(at + No(code, at)))
            {
                return false;
            }
        }

        return true;
    }

    public static bool Run(ReadOnlySpan<byte> code, in SocketEntry entry)
    {
        int at = 0;
        while (at < code.Length)
        {
            at += Holds(code, at, entry) ? code[at + 1] : No(code, at);
        }

        return at == code.Length;
    }

    private static int No(ReadOnlySpan<byte> code, int at) => BinaryPrimitives.ReadUInt16LittleEndian(code[(at + 2)..]);

    private static int ArgumentLength(ReadOnlySpan<byte> code, int at) => (InetDiagOp)code[at] switch
    {
        InetDiagOp.Jump => 0,
        InetDiagOp.SourceHost or InetDiagOp.DestinationHost => 8 + (code[at + 4] == 2 ? 4 : 16),
        InetDiagOp.Mark or InetDiagOp.Cgroup => 8,
        _ => 4,
    };

    private static bool Holds(ReadOnlySpan<byte> code, int at, in SocketEntry entry)
    {
        ReadOnlySpan<byte> argument = code[(at + 4)..];
        uint number = argument.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(argument);
        uint port = number >> 16;
        return (InetDiagOp)code[at] switch
        {
            InetDiagOp.Jump => false,
            InetDiagOp.SourcePortAtLeast => entry.Local.Port >= port,
            InetDiagOp.SourcePortAtMost => entry.Local.Port <= port,
            InetDiagOp.DestinationPortAtLeast => entry.Remote.Port >= port,
            InetDiagOp.DestinationPortAtMost => entry.Remote.Port <= port,
            InetDiagOp.SourcePortEqual => entry.Local.Port == port,
            InetDiagOp.DestinationPortEqual => entry.Remote.Port == port,
            InetDiagOp.SourceHost => Host(argument, entry.Local.Address, entry.Family),
            InetDiagOp.DestinationHost => Host(argument, entry.Remote.Address, entry.Family),
            InetDiagOp.Device => entry.Interface == number,
            InetDiagOp.Mark => (entry.Mark & BinaryPrimitives.ReadUInt32LittleEndian(argument[4..])) == number,
            InetDiagOp.Cgroup => entry.CgroupId == BinaryPrimitives.ReadUInt64LittleEndian(argument),
            var op => throw new InvalidOperationException($"the kernel has no operation {op}"),
        };
    }

    private static bool Host(ReadOnlySpan<byte> condition, HostAddress address, IpFamily family)
    {
        bool isV4 = condition[0] == 2;
        int length = condition[1];
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, address.Bits);
        if (isV4 ? !address.IsV4Mapped : family != IpFamily.V6)
        {
            return false;
        }

        octets = isV4 ? octets[12..] : octets;
        for (int bit = 0; bit < length; bit++)
        {
            if (((octets[bit / 8] ^ condition[8 + (bit / 8)]) & (0x80 >> (bit % 8))) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
