using System.Collections.Concurrent;
using TcpLens.Linux;
using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>
/// This machine's kernel, behind a TUN device in a network namespace of the run's own, in real time. It lives on the thread of that namespace; calls that may
/// wait run on threads of their own.
/// </summary>
internal sealed class KernelMachine : IScriptMachine
{
    private const int MaxPacket = ushort.MaxValue;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(1);

    private readonly byte[] _buffer = new byte[MaxPacket];
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly TunDevice _device;
    private readonly KernelCalls _calls;
    private readonly ConcurrentQueue<(PendingCall Call, CallOutcome? Outcome, Exception? Failure)> _done = new();

    public KernelMachine(ScriptKnobs knobs, ScriptAddresses addresses, TimeProvider clock)
    {
        _clock = clock;
        _start = clock.GetTimestamp();
        KernelSettings.Prepare(knobs.ShiftSeen);
        _device = TunDevice.Open(new()
        {
            Name = "tun0",
            Mtu = knobs.Mtu,
            Offloads = false,
            Addresses = [new(addresses.Local.ToIPAddress(), addresses.IsV4 ? 24 : 64)],
            Routes = [new(addresses.Remote.ToIPAddress(), addresses.IsV4 ? 32 : 128)],
        });
        _calls = new(addresses);
    }

    public Instant Now => new((long)_clock.GetElapsedTime(_start).TotalNanoseconds);

    /// <summary>Kernels with timers of 4 ms, on machines that do other things too.</summary>
    public TimeSpan Lateness => TimeSpan.FromMilliseconds(14);

    public PacketQueue Sent { get; } = new();

    public void Inject(ReadOnlySpan<byte> packet, ushort segmentSize)
    {
        Look();
        _device.TryWrite(packet, default);
        Look();
    }

    public void WaitUntil(Instant time) => Wait(time, static () => false);

    public bool WaitForPacket(Instant until) => Wait(until, () => !Sent.IsEmpty);

    /// <summary>A socket belongs to the namespace of the thread that makes it: that one call is made here.</summary>
    public PendingCall Begin(CallStatement call)
    {
        var pending = new PendingCall(call, Now);
        if (KernelCalls.MayWait(call.Function))
        {
            var thread = new Thread(() => Perform(pending)) { IsBackground = true, Name = call.Function };
            thread.Start();
        }
        else
        {
            Perform(pending);
        }

        Wait(Now, static () => false);
        return pending;
    }

    public bool WaitForCall(PendingCall call, Instant until)
    {
        // A call that does not wait takes some real time all the same.
        return Wait(until > Now + (20 * Glance) ? until : Now + (20 * Glance), () => call.Outcome is not null);
    }

    public double? TcpInfo(string field) => KernelTcpInfo.Value(field, _calls.Newest);

    public void SetSysctl(string name, string value) => KernelSettings.Set(name, value);

    public void SetDefaults() => KernelSettings.SetDefaults();

    public bool TrySetRoute(IReadOnlyList<string> words) => false;

    public IReadOnlyList<string>? Output(string program, IReadOnlyList<string> arguments) => null;

    public void Dispose()
    {
        _calls.Dispose();
        _device.Dispose();
    }

    private void Perform(PendingCall pending)
    {
        try
        {
            _done.Enqueue((pending, _calls.Make(pending.Statement), null));
        }
        catch (UnsupportedFeatureException missing)
        {
            _done.Enqueue((pending, null, missing));
        }

        _device.Wake();
    }

    /// <summary>Looks at the device until then, or until something has come.</summary>
    private bool Wait(Instant until, Func<bool> hasCome)
    {
        while (true)
        {
            Look();
            Instant now = Now;
            if (hasCome())
            {
                return true;
            }

            if (now >= until)
            {
                return false;
            }

            _device.Wait(until - now);
        }
    }

    private void Look()
    {
        while (_device.TryRead(_buffer, out int length, out _))
        {
            if (SniffedSegment.Read(_buffer.AsSpan(0, length), Now) is { } segment)
            {
                Sent.Add(segment);
            }
        }

        while (_done.TryDequeue(out (PendingCall Call, CallOutcome? Outcome, Exception? Failure) done))
        {
            if (done.Failure is { } failure)
            {
                throw failure;
            }

            done.Call.Finish(done.Outcome!.Value, Now);
        }
    }
}
