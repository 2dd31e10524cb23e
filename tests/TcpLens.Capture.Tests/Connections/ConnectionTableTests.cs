using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

public sealed class ConnectionTableTests
{
    [Fact]
    public void A_connection_is_found_from_both_sides_until_it_is_removed()
    {
        var table = new ConnectionTable(capacity: 10);
        CapturedSegment there = Segment(1, 2, 1000, 80);
        CapturedSegment back = Segment(2, 1, 80, 1000);
        Assert.Equal(0, table.Find(in there, ConnectionTable.Hash(in there), out _));

        int at = table.Add(KeyOf(in there), ConnectionTable.Hash(in there));
        Assert.Equal((at, ConnectionEnd.Originator), (table.Find(in there, ConnectionTable.Hash(in there), out ConnectionEnd first), first));
        Assert.Equal((at, ConnectionEnd.Responder), (table.Find(in back, ConnectionTable.Hash(in back), out ConnectionEnd second), second));

        table.Remove(at);
        Assert.Equal((0, 0), (table.Find(in back, ConnectionTable.Hash(in back), out _), table.Count));
    }

    [Fact]
    public void An_end_that_talks_to_itself_is_a_connection()
    {
        var table = new ConnectionTable(capacity: 10);
        CapturedSegment self = Segment(1, 1, 1000, 1000);
        int at = table.Add(KeyOf(in self), ConnectionTable.Hash(in self));
        Assert.Equal(at, table.Find(in self, ConnectionTable.Hash(in self), out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_agrees_with_a_dictionary_whatever_is_added_and_removed(int seed)
    {
        var random = new Random(seed);
        var table = new ConnectionTable(capacity: 20_000);
        var known = new Dictionary<(ushort, ushort), int>();
        for (int step = 0; step < 60_000; step++)
        {
            (ushort Source, ushort Destination) ports = ((ushort)random.Next(200), (ushort)random.Next(200, 400));
            CapturedSegment segment = Segment(1, 2, ports.Source, ports.Destination);
            uint hash = ConnectionTable.Hash(in segment);
            int found = table.Find(in segment, hash, out _);
            Assert.Equal(known.GetValueOrDefault(ports), found);
            if (found == 0)
            {
                known[ports] = table.Add(KeyOf(in segment), hash);
            }
            else if (random.Next(3) == 0)
            {
                table.Remove(found);
                known.Remove(ports);
            }
            else if (random.Next(4) == 0)
            {
                table.SetEnded(found);
            }

            Assert.Equal(known.Count, table.Count);
        }
    }

    [Fact]
    public void The_oldest_is_the_one_that_has_been_silent_for_longest()
    {
        var table = new ConnectionTable(capacity: 10);
        int[] slots = [.. Enumerable.Range(1, 3).Select(port =>
        {
            CapturedSegment segment = Segment(1, 2, (ushort)port, 80);
            return table.Add(KeyOf(in segment), ConnectionTable.Hash(in segment));
        })];
        Assert.Equal(slots[0], table.OldestLive);
        table.Touch(slots[0], ref table[slots[0]], 5_000_000_000);
        Assert.Equal(slots[1], table.OldestLive);
        table.SetEnded(slots[1]);
        Assert.Equal((slots[2], slots[1], 1), (table.OldestLive, table.OldestEnded, table.Ended));
        table.Remove(slots[1]);
        Assert.Equal((0, 0), (table.OldestEnded, table.Ended));
    }

    private static CapturedSegment Segment(uint source, uint destination, ushort sourcePort, ushort destinationPort) => new()
    {
        Source = HostAddress.V4(source),
        Destination = HostAddress.V4(destination),
        SourcePort = sourcePort,
        DestinationPort = destinationPort,
    };

    private static ConnectionKey KeyOf(in CapturedSegment segment) => new()
    {
        Originator = segment.Source,
        Responder = segment.Destination,
        OriginatorPort = segment.SourcePort,
        ResponderPort = segment.DestinationPort,
    };
}
