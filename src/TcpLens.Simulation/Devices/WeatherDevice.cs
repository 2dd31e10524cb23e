using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation;

/// <summary>
/// A real device with weather: what comes from it and what goes to it is lost, held back, doubled and damaged, on the clock that is given. The
/// dice fall the same for the same seed; what comes when is the device's, so a run does not repeat itself. It needs single segments: put it
/// around a device without offloads.
/// </summary>
public sealed class WeatherDevice : IPacketDevice
{
    private readonly IPacketDevice _device;
    private readonly TimeProvider _clock;
    private readonly WeatherFront _arriving;
    private readonly WeatherFront _leaving;
    private readonly DelayedPackets _toCome = new();
    private readonly DelayedPackets _toGo = new();
    private readonly byte[] _scratch;

    /// <param name="device">Disposed with this.</param>
    /// <param name="arriving">For packets that are read.</param>
    /// <param name="leaving">For packets that are written.</param>
    /// <param name="seed">Of the dice.</param>
    /// <param name="clock">The driver's.</param>
    /// <exception cref="ArgumentException">A device with offloads.</exception>
    public WeatherDevice(IPacketDevice device, Weather arriving, Weather leaving, ulong seed, TimeProvider clock)
    {
        if (device.HasOffloads)
        {
            throw new ArgumentException("A packet that stands for many segments would be lost or held back as one: take a device without offloads", nameof(device));
        }

        var random = new SeededRandom(seed);
        (_device, _clock, _scratch) = (device, clock, new byte[device.Mtu]);
        (_arriving, _leaving) = (new(arriving, random.Fork()), new(leaving, random.Fork()));
    }

    public int Mtu => _device.Mtu;

    public bool HasOffloads => false;

    /// <summary>What became of packets that were read, and of those that were written.</summary>
    public LinkCounters Arriving => _arriving.Counters;

    public LinkCounters Leaving => _leaving.Counters;

    public bool TryRead(Span<byte> buffer, out int length, out PacketOffload offload)
    {
        Instant now = _clock.Now;
        SendDue(now);
        offload = default;
        if (_toCome.TryTake(now, buffer, out length))
        {
            return true;
        }

        while (_device.TryRead(buffer, out length, out offload))
        {
            Arrivals arrivals = _arriving.Send(buffer[..length], now);
            _toCome.Keep(buffer[..length], arrivals.Second);
            if (arrivals.First <= now)
            {
                return true;
            }

            _toCome.Keep(buffer[..length], arrivals.First);
        }

        return false;
    }

    public bool TryWrite(ReadOnlySpan<byte> packet, PacketOffload offload)
    {
        Instant now = _clock.Now;
        Span<byte> octets = _scratch.AsSpan(0, packet.Length);
        packet.CopyTo(octets);      // A bit of it may be turned.
        Arrivals arrivals = _leaving.Send(octets, now);
        _toGo.Keep(octets, arrivals.Second);
        if (arrivals.First > now)
        {
            _toGo.Keep(octets, arrivals.First);
            return true;
        }

        return _device.TryWrite(octets, offload);
    }

    public void Wait(TimeSpan timeout)
    {
        Instant next = _toCome.Next < _toGo.Next ? _toCome.Next : _toGo.Next;
        if (next != Instant.Never)
        {
            TimeSpan rest = next - _clock.Now;
            rest = rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
            timeout = timeout >= TimeSpan.Zero && timeout < rest ? timeout : rest;
        }

        _device.Wait(timeout);
    }

    public void Wake() => _device.Wake();

    public void Dispose() => _device.Dispose();

    private void SendDue(Instant now)
    {
        while (_toGo.TryTake(now, _scratch, out int length))
        {
            _ = _device.TryWrite(_scratch.AsSpan(0, length), default);
        }
    }
}
