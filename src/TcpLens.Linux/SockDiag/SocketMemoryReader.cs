using System.Runtime.InteropServices;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>SK_MEMINFO_* (linux/sock_diag.h): nine 32-bit numbers; older kernels sent fewer.</summary>
internal static class SocketMemoryReader
{
    public static SocketMemory Read(ReadOnlySpan<byte> octets)
    {
        return new SocketMemory
        {
            ReceiveAllocated = At(octets, 0),
            ReceiveBuffer = At(octets, 1),
            SendAllocated = At(octets, 2),
            SendBuffer = At(octets, 3),
            ForwardAllocated = At(octets, 4),
            SendQueued = At(octets, 5),
            OptionMemory = At(octets, 6),
            Backlog = At(octets, 7),
            Drops = At(octets, 8),
        };

        static uint At(ReadOnlySpan<byte> octets, int index)
            => octets.Length >= (index + 1) * 4 ? MemoryMarshal.Read<uint>(octets[(index * 4)..]) : 0;
    }
}
