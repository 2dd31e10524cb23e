using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>What is in flight, against the plainest model: flags for each octet.</summary>
public sealed class SentSegmentsTests
{
    private const int Segment = 10;

    [Fact]
    public void Records_say_of_every_octet_what_a_list_of_octets_says()
    {
        var random = new Random(20261122);
        for (int round = 0; round < 500; round++)
        {
            new Model(new SeqNum((uint)random.NextInt64(1L << 32)), random).Run();
        }
    }

    [Fact]
    public void A_burst_is_one_record_until_parts_of_it_fare_differently()
    {
        SentSegments sent = default;
        for (uint i = 0; i < 40; i++)
        {
            sent.Add(new(new(i * Segment), new((i + 1) * Segment)), Segment, new(1));
        }

        Assert.Equal(1, sent.Count);
        sent.Add(new(new(400), new(405)), Segment, new(2));
        sent.Add(new(new(405), new(406)), Segment, new(2));
        Assert.Equal(3, sent.Count);
        sent.Split(0, new(10));
        sent.MarkLost(0);
        Assert.Equal((10, 0), (sent.Lost, sent.FindToBeSentAgain()));
        sent.MarkRetransmitted(0, new(3));
        Assert.Equal(-1, sent.FindToBeSentAgain());
        Assert.True(sent.MarkLost(0));
        Assert.Equal((10, 0, 0), (sent.Lost, sent.Retransmitted, sent.FindToBeSentAgain()));
    }

    [Fact]
    public void Small_segments_share_records_once_there_are_very_many()
    {
        SentSegments sent = default;
        for (uint i = 0; i < 3 * SentSegments.Crowded; i++)
        {
            sent.Add(new(new(i * Segment), new((i + 1) * Segment)), Segment, new(i));
        }

        Assert.InRange(sent.Count, 1, SentSegments.Crowded + 10);
        Assert.Equal(3 * SentSegments.Crowded * Segment, sent.Octets);
        sent.Clear();
        Assert.Equal((0, 0), (sent.Count, sent.Pipe));
    }

    private sealed class Model(SeqNum origin, Random random)
    {
        private readonly List<SentFlags> _flags = [];
        private SentSegments _sent;
        private int _acknowledged;

        public void Run()
        {
            for (int step = 0; step < 60; step++)
            {
                Step(random.Next(6));
                Check();
            }

            Acknowledge(_flags.Count);
            Check();
        }

        private void Step(int what)
        {
            int inFlight = _flags.Count - _acknowledged;
            if (what < 2 || inFlight == 0)
            {
                int octets = random.Next(1, 5 * Segment);
                _sent.Add(new(At(_flags.Count), At(_flags.Count + octets)), Segment, new(random.Next(3)));
                _flags.AddRange(Enumerable.Repeat(SentFlags.None, octets));
            }
            else if (what == 2)
            {
                Acknowledge(_acknowledged + random.Next(inFlight + 1));
            }
            else if (what == 3)
            {
                int left = _acknowledged + random.Next(inFlight);
                Sack(left, left + random.Next(1, _flags.Count - left + 1));
            }
            else
            {
                int index = _sent.Find(At(_acknowledged + random.Next(inFlight)));
                Mark(index, what == 4);
            }
        }

        private void Acknowledge(int number)
        {
            Delivery delivery = Nothing();
            int sacked = _flags[_acknowledged..number].Count(static flags => flags.HasFlag(SentFlags.Sacked));
            _sent.Acknowledge(At(number), ref delivery);
            Assert.Equal(number - _acknowledged - sacked, delivery.Octets);
            _acknowledged = number;
        }

        private void Sack(int left, int right)
        {
            SackBlocks blocks = default;
            blocks.TryAdd(new(At(left), At(right)));
            Delivery delivery = Nothing();
            int before = _flags[left..right].Count(static flags => flags.HasFlag(SentFlags.Sacked));
            SackReader.Mark(ref _sent, new AckFacts { Sack = blocks, Acknowledgment = At(_acknowledged) }, ref delivery);
            Assert.Equal(right - left - before, delivery.Octets);
            for (int i = left; i < right; i++)
            {
                _flags[i] |= SentFlags.Sacked;
                _flags[i] &= ~(SentFlags.Lost | SentFlags.Retransmitted);
            }
        }

        private void Mark(int index, bool isLost)
        {
            SentSegment segment = _sent[index];
            if (segment.Has(SentFlags.Sacked))
            {
                return;
            }

            for (int i = segment.Start - origin; i < segment.End - origin; i++)
            {
                _flags[i] = isLost
                    ? (_flags[i] | SentFlags.Lost) & ~SentFlags.Retransmitted
                    : _flags[i] | SentFlags.Retransmitted | SentFlags.EverRetransmitted;
            }

            if (isLost)
            {
                _sent.MarkLost(index);
            }
            else
            {
                _sent.MarkRetransmitted(index, new(5));
            }
        }

        private void Check()
        {
            Assert.Equal(_flags.Count - _acknowledged, _sent.Octets);
            int at = _acknowledged;
            for (int i = 0; i < _sent.Count; i++)
            {
                SentSegment segment = _sent[i];
                Assert.Equal(At(at), segment.Start);
                Assert.True(segment.Length > 0);
                for (; At(at).IsBefore(segment.End); at++)
                {
                    Assert.Equal(_flags[at], segment.Flags);
                }
            }

            Assert.Equal(_flags.Count, at);
            List<SentFlags> left = _flags[_acknowledged..];
            Assert.Equal(left.Count(static flags => flags.HasFlag(SentFlags.Sacked)), _sent.Sacked);
            Assert.Equal(left.Count(static flags => flags.HasFlag(SentFlags.Lost)), _sent.Lost);
            Assert.Equal(left.Count(static flags => flags.HasFlag(SentFlags.Retransmitted)), _sent.Retransmitted);
            int again = left.FindIndex(static flags => (flags & (SentFlags.Lost | SentFlags.Retransmitted)) == SentFlags.Lost);
            Assert.Equal(again < 0 ? -1 : _sent.Find(At(_acknowledged + again)), _sent.FindToBeSentAgain());
        }

        private SeqNum At(int number) => origin + (uint)number;

        private Delivery Nothing() => new()
        {
            Highest = _sent.HighestSacked(At(_acknowledged)),
            RecoveryPoint = default,
            SegmentSize = Segment,
            LatestBelievable = new(10),
        };
    }
}
