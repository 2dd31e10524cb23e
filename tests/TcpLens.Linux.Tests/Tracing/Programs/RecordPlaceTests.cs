using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>What a program writes by offsets is what a type of ours reads by names.</summary>
public sealed class RecordPlaceTests
{
    private static readonly TaskName Name = TaskName.From([255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]);

    /// <summary>A record in which nothing is set but what stands at the place, all bits of it.</summary>
    private static readonly Dictionary<int, TraceRecord> Records = new()
    {
        [RecordPlace.At] = new() { AtNanoseconds = ulong.MaxValue },
        [RecordPlace.Since] = new() { SinceNanoseconds = ulong.MaxValue },
        [RecordPlace.Socket] = new() { Socket = ulong.MaxValue },
        [RecordPlace.Cookie] = new() { Cookie = ulong.MaxValue },
        [RecordPlace.Namespace] = new() { Namespace = uint.MaxValue },
        [RecordPlace.Pid] = new() { Pid = -1 },
        [RecordPlace.Command] = new() { Command = Name },
        [RecordPlace.Inode] = new() { Inode = uint.MaxValue },
        [RecordPlace.UserId] = new() { UserId = uint.MaxValue },
        [RecordPlace.Kind] = new() { Kind = (TraceKind)255 },
        [RecordPlace.From] = new() { From = (TcpState)255 },
        [RecordPlace.To] = new() { To = (TcpState)255 },
        [RecordPlace.Family] = new() { Family = (IpFamily)255 },
        [RecordPlace.LocalPort] = new() { LocalPort = ushort.MaxValue },
        [RecordPlace.RemotePort] = new() { RemotePort = ushort.MaxValue },
        [RecordPlace.LocalAddress] = new() { LocalAddress = new(ulong.MaxValue, ulong.MaxValue) },
        [RecordPlace.RemoteAddress] = new() { RemoteAddress = new(ulong.MaxValue, ulong.MaxValue) },
        [RecordPlace.Marks] = new() { Marks = (TraceMarks)ushort.MaxValue },
        [RecordPlace.Errno] = new() { Errno = ushort.MaxValue },
        [RecordPlace.Reason] = new() { Reason = uint.MaxValue },
        [RecordPlace.Sequence] = new() { Sequence = uint.MaxValue },
        [RecordPlace.SegmentLength] = new() { SegmentLength = uint.MaxValue },
        [RecordPlace.Attempt] = new() { Attempt = ushort.MaxValue },
        [RecordPlace.Phase] = new() { Phase = (CongestionPhase)255 },
        [RecordPlace.SegmentFlags] = new() { SegmentFlags = 255 },
        [RecordPlace.Rtt] = new() { RttMicroseconds = uint.MaxValue },
    };

    private static readonly Dictionary<int, LifeTail> Tails = new()
    {
        [TailPlace.Established] = new() { EstablishedNanoseconds = ulong.MaxValue },
        [TailPlace.Path] = new() { Path = new(ulong.MaxValue) },
        [TailPlace.BytesAcknowledged] = new() { BytesAcknowledged = ulong.MaxValue },
        [TailPlace.BytesReceived] = new() { BytesReceived = ulong.MaxValue },
        [TailPlace.BytesRetransmitted] = new() { BytesRetransmitted = ulong.MaxValue },
        [TailPlace.SegmentsSent] = new() { SegmentsSent = uint.MaxValue },
        [TailPlace.SegmentsReceived] = new() { SegmentsReceived = uint.MaxValue },
        [TailPlace.Retransmits] = new() { Retransmits = uint.MaxValue },
        [TailPlace.MinRtt] = new() { MinRttMicroseconds = uint.MaxValue },
    };

    [Fact]
    public void Every_place_of_a_record_is_where_its_property_stands() => AssertPlaces(typeof(RecordPlace), Records, TraceRecord.Length);

    [Fact]
    public void Every_place_of_a_tail_is_where_its_property_stands() => AssertPlaces(typeof(TailPlace), Tails, LifeTail.Length);

    [Fact]
    public void Types_are_as_long_as_they_say()
        => Assert.Equal((TraceRecord.Length, LifeTail.Length), (Unsafe.SizeOf<TraceRecord>(), Unsafe.SizeOf<LifeTail>()));

    /// <summary>The verifier refuses a program that reads beyond a value, but not one whose places overlap.</summary>
    [Theory]
    [InlineData(typeof(TracedSocket))]
    [InlineData(typeof(ProcessorMemory))]
    public void Memories_of_the_programs_fit_into_their_values(Type memory)
    {
        int[] places = [.. Constants(memory).Where(static place => place.Name != nameof(TracedSocket.Length)).Select(static place => place.Value).Order()];
        Assert.Equal(places.Distinct(), places);
        Assert.True(places[^1] < Constants(memory).Single(static place => place.Name == nameof(TracedSocket.Length)).Value);
        Assert.Equal(TaskName.Length, TracedSocket.Pid - TracedSocket.Command);
    }

    [Fact]
    public void The_stack_is_within_its_512_octets_and_words_of_it_are_aligned()
    {
        Assert.True(TraceStack.Scratch >= -512);
        Assert.All(Constants(typeof(TraceStack)), static place => Assert.Equal(0, place.Value % 8));
    }

    private static void AssertPlaces<T>(Type places, Dictionary<int, T> values, int length)
        where T : unmanaged
    {
        Assert.Equal(Constants(places).Select(static place => place.Value).Order(), values.Keys.Order());
        HashSet<int> covered = [];
        foreach ((int place, T value) in values)
        {
            ReadOnlySpan<byte> octets = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
            int first = octets.IndexOfAnyExcept((byte)0);
            int last = octets.LastIndexOfAnyExcept((byte)0);
            Assert.Equal(place, first);
            Assert.True(octets[first..(last + 1)].IndexOf((byte)0) < 0, "one property, one place");
            Assert.All(Enumerable.Range(first, last + 1 - first), octet => Assert.True(covered.Add(octet), "places must not overlap"));
            Assert.True(last < length);
        }
    }

    private static (string Name, int Value)[] Constants(Type type)
        => [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(static field => field.IsLiteral).Select(static field => (field.Name, (int)field.GetRawConstantValue()!))];
}
