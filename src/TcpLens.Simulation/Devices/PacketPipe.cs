using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>
/// Two devices, each of which reads what the other writes: a link within a process, for two drivers with clocks of their own. What a
/// link does to packets comes from a <see cref="WeatherDevice"/> around an end.
/// </summary>
public static class PacketPipe
{
    /// <summary>Packets that wait for a reader; what comes to a full queue is lost.</summary>
    public const int Capacity = 1024;

    public static (IPacketDevice First, IPacketDevice Second) Create(int mtu = 1500)
    {
        var forth = new Tube(mtu);
        var back = new Tube(mtu);
        return (new End(mtu, reads: back, writes: forth), new End(mtu, reads: forth, writes: back));
    }

    private sealed class End(int mtu, Tube reads, Tube writes) : IPacketDevice
    {
        public int Mtu => mtu;

        public bool HasOffloads => false;

        public bool TryRead(Span<byte> buffer, out int length, out PacketOffload offload)
        {
            offload = default;
            return reads.TryRead(buffer, out length);
        }

        public bool TryWrite(ReadOnlySpan<byte> packet, PacketOffload offload) => writes.TryWrite(packet);

        public void Wait(TimeSpan timeout) => reads.Wait(timeout);

        public void Wake() => reads.Wake();

        /// <summary>The other end reads what is there, and then nothing.</summary>
        public void Dispose() => reads.Wake();
    }

    /// <summary>One way: a ring of buffers that are made once.</summary>
    private sealed class Tube(int mtu)
    {
        private readonly byte[]?[] _packets = new byte[Capacity][];
        private readonly int[] _lengths = new int[Capacity];
        private int _first;
        private int _count;
        private bool _isWoken;

        public bool TryWrite(ReadOnlySpan<byte> packet)
        {
            lock (_packets)
            {
                if (_count == Capacity || packet.Length > mtu)
                {
                    return false;
                }

                int at = (_first + _count++) % Capacity;
                packet.CopyTo(_packets[at] ??= new byte[mtu]);
                _lengths[at] = packet.Length;
                Monitor.PulseAll(_packets);
                return true;
            }
        }

        public bool TryRead(Span<byte> buffer, out int length)
        {
            lock (_packets)
            {
                if (_count == 0)
                {
                    length = 0;
                    return false;
                }

                length = _lengths[_first];
                _packets[_first].AsSpan(0, length).CopyTo(buffer);
                _first = (_first + 1) % Capacity;
                _count--;
                return true;
            }
        }

        /// <summary>May end too soon, which nobody minds, but never too late.</summary>
        public void Wait(TimeSpan timeout)
        {
            lock (_packets)
            {
                if (_count == 0 && !_isWoken)
                {
                    Monitor.Wait(_packets, timeout < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout > Longest ? Longest : timeout);
                }

                _isWoken = false;
            }
        }

        public void Wake()
        {
            lock (_packets)
            {
                _isWoken = true;
                Monitor.PulseAll(_packets);
            }
        }

        private static TimeSpan Longest => TimeSpan.FromDays(1);
    }
}
