using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Linux.Tests.Tracing;

public sealed class PerfRingTests
{
    private static readonly TracepointFormat Format = Formats.Parse(Formats.SetState);

    [Fact]
    public void Records_come_as_they_were_written_wherever_the_ring_wraps_around()
    {
        int length = At(1).Length;
        for (ulong offset = 0; offset < FakePerfRing.Length; offset += 8)
        {
            FakePerfRing fake = new(offset);
            Assert.True(fake.Write(At(1)) && fake.Write(At(2)));
            Assert.Equal([1ul, 2ul], Drain(fake.Ring));
            Assert.Equal(offset + (2 * (ulong)length), fake.Tail);
        }
    }

    [Fact]
    public void What_follows_on_the_same_processor_can_be_looked_at_before()
    {
        for (ulong offset = 0; offset < FakePerfRing.Length; offset += 8)
        {
            FakePerfRing fake = new(offset);
            fake.Write(At(1));
            fake.Write(At(2));
            fake.Ring.Look();
            Assert.Equal((1ul, 2ul), (fake.Ring.Current.Time, fake.Ring.Following.Time));
            Assert.Equal(Format.Id, BitConverter.ToUInt16(fake.Ring.Following.Raw));
            fake.Ring.Pass();
            Assert.True(fake.Ring.Following.Raw.IsEmpty);
        }
    }

    [Fact]
    public void What_is_not_passed_is_not_given_back()
    {
        FakePerfRing fake = new();
        fake.Write(At(1));
        fake.Write(At(2));
        fake.Ring.Look();
        fake.Ring.Pass();
        fake.Ring.Release();
        Assert.Equal((ulong)At(1).Length, fake.Tail);
        Assert.Equal(2ul, fake.Ring.Time);
    }

    [Fact]
    public void Losses_are_added_up_and_passed_over()
    {
        FakePerfRing fake = new();
        fake.Write(At(1));
        fake.Write(PerfOctets.Lost(7));
        fake.Write(At(2));
        fake.Write(PerfOctets.Lost(5));
        Assert.Equal([1ul, 2ul], Drain(fake.Ring));
        Assert.Equal(12ul, fake.Ring.Lost);
        Assert.False(fake.Ring.WasFull);
    }

    [Fact]
    public void Samples_are_counted_whether_they_have_been_passed_or_not()
    {
        FakePerfRing fake = new(FakePerfRing.Length - 8);
        fake.Write(At(1));
        fake.Write(PerfOctets.Renamed(1, 1, "name"));
        fake.Write(PerfOctets.Lost(7));
        fake.Write(At(2));
        Assert.Equal(2ul, fake.Ring.CountSamples());
        fake.Ring.Pass();
        Assert.Equal(2ul, fake.Ring.CountSamples());
        fake.Write(At(3));
        Assert.Equal(3ul, fake.Ring.CountSamples());
        _ = Drain(fake.Ring);
        Assert.Equal(3ul, fake.Ring.CountSamples());
    }

    [Fact]
    public void A_ring_without_room_for_another_record_was_full()
    {
        FakePerfRing fake = new();
        while (fake.Write(At(1)))
        {
        }

        fake.Ring.Look();
        Assert.True(fake.Ring.WasFull);
    }

    [Fact]
    public void Any_octets_at_all_end_with_the_ring_empty()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<(byte[] Octets, ushort Offset)>(),
            input =>
            {
                FakePerfRing fake = new(input.Offset & ~7ul);
                fake.Write(At(1));
                fake.Write(input.Octets.AsSpan(0, Math.Min(input.Octets.Length, 2048) & ~7));
                _ = Drain(fake.Ring);
                return fake.Tail == fake.Head;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_record_cut_anywhere_is_shorter_or_has_zeros()
    {
        byte[] sample = At(5), renamed = PerfOctets.Renamed(1, 1, "name");
        for (int length = 0; length < sample.Length; length++)
        {
            PerfRecord record = new(sample.AsSpan(0, length));
            Assert.Equal((length < 24 ? 0 : 5ul, Math.Max(0, length - 28)), (record.Time, record.Raw.Length));
        }

        for (int length = 0; length < renamed.Length; length++)
        {
            PerfRecord record = new(renamed.AsSpan(0, length));
            Assert.Equal((length < 24 ? 0 : 1, Math.Max(0, length - 32)), (record.Subject, record.Name.Length));
        }
    }

    [Fact]
    public void Records_of_all_processors_come_in_the_order_of_their_times_but_not_too_new_ones()
    {
        FakePerfRing one = new(), other = new(), idle = new();
        PerfMerge merge = new([one.Ring, idle.Ring, other.Ring]);
        foreach (ulong time in (ulong[])[1, 2, 5, 6, 9, 20])
        {
            one.Write(At(time));
        }

        foreach (ulong time in (ulong[])[3, 4, 6, 7, 8, 11])
        {
            other.Write(At(time));
        }

        Assert.Equal([1ul, 2, 3, 4, 5, 6, 6, 7, 8, 9], Drain(merge, until: 10));
        Assert.Empty(Drain(merge, until: 10));
        one.Write(At(21));
        idle.Write(At(15));
        Assert.Equal([11ul, 15, 20, 21], Drain(merge, until: 100));
        Assert.Equal(one.Head, one.Tail);
    }

    [Fact]
    public void Merging_is_sorting()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<(byte Ring, byte Time)[]>(),
            records =>
            {
                FakePerfRing[] fakes = [new(), new(), new()];
                PerfMerge merge = new([.. fakes.Select(fake => fake.Ring)]);
                List<ulong> written = [];
                foreach ((byte ring, byte time) in records.OrderBy(record => record.Time).Take(30))
                {
                    fakes[ring % 3].Write(At(time));
                    written.Add(time);
                }

                List<ulong> first = Drain(merge, until: 100), rest = Drain(merge, until: 300);
                GC.KeepAlive(fakes);
                return first.TrueForAll(time => time <= 100) && written.SequenceEqual([.. first, .. rest]);
            }).QuickCheckThrowOnFailure();

    private static byte[] At(ulong time) => PerfOctets.Sample(Format, 1, time);

    private static List<ulong> Drain(PerfRing ring)
    {
        List<ulong> times = [];
        for (ring.Look(); ring.HasCurrent; ring.Pass())
        {
            times.Add(ring.Current.Time);
        }

        ring.Release();
        return times;
    }

    private static List<ulong> Drain(PerfMerge merge, ulong until)
    {
        List<ulong> times = [];
        merge.Look(until);
        while (merge.Next() is { } ring)
        {
            times.Add(ring.Time);
            ring.Pass();
        }

        merge.Release();
        return times;
    }
}
