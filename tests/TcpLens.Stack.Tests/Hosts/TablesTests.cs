using System.Runtime.CompilerServices;
using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

public sealed class TablesTests
{
    private static readonly HostAddresses Addresses = new([HostAddress.V4(0x0a000001)]);
    private static readonly SipHash Key = new(new byte[16]);

    [Fact]
    public void A_record_of_time_wait_has_56_octets_and_64_with_its_share_of_the_buckets()
    {
        Assert.Equal(56, Unsafe.SizeOf<TimeWaitRecord>());

        foreach (int records in (int[])[10 * 1024, 64 * 1024, (64 * 1024) + 1024])
        {
            Assert.InRange(Filled(records).Octets, 1, 64L * records);
        }
    }

    [Fact]
    public void Time_wait_finds_restarts_removes_and_expires_like_a_dictionary()
    {
        var random = new Random(4711);
        var table = new TimeWaitTable(Addresses, Key, TimeSpan.FromSeconds(60), most: 500);
        var model = new Dictionary<int, Instant>();
        var now = new Instant(5_000_000_000);
        for (int step = 0; step < 20_000; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(200));
            table.OnTimeout(now);
            foreach (int gone in model.Where(pair => pair.Value + TimeSpan.FromMilliseconds(1) <= now).Select(pair => pair.Key).ToList())
            {
                model.Remove(gone);
            }

            int number = random.Next(1000);
            int index = table.Find(Tuple(number));
            switch (random.Next(4))
            {
                case 0 when index != TimeWaitRecord.None:
                    table.Restart(index, now);
                    model[number] = now + TimeSpan.FromSeconds(60);
                    break;
                case 1 when index != TimeWaitRecord.None:
                    table.Remove(index);
                    model.Remove(number);
                    break;
                case > 1 when index == TimeWaitRecord.None:
                    Assert.Equal(model.Count < 500, table.TryAdd(Record(number), now));
                    if (model.Count < 500)
                    {
                        model[number] = now + TimeSpan.FromSeconds(60);
                    }

                    break;
            }

            Assert.Equal(model.Count, table.Count);
            int asked = random.Next(1000);
            Assert.Equal(model.ContainsKey(asked), table.Find(Tuple(asked)) != TimeWaitRecord.None);
            Assert.Equal(model.Count == 0, table.NextTimeout == Instant.Never);
            if (model.Count > 0)
            {
                TimeSpan late = table.NextTimeout - model.Values.Min();
                Assert.InRange(late, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
            }
        }
    }

    [Fact]
    public void Time_wait_ends_even_when_nobody_looked_for_years()
    {
        TimeWaitTable table = Filled(3000);
        table.OnTimeout(new Instant(0) + TimeSpan.FromDays(4000));
        Assert.Equal((0, Instant.Never), (table.Count, table.NextTimeout));
    }

    [Fact]
    public void The_table_of_connections_finds_what_is_in_it_and_nothing_else()
    {
        var random = new Random(99);
        var pair = new Pair();
        var table = new ConnectionTable(Key);
        var model = new Dictionary<int, HostConnection>();
        for (int step = 0; step < 20_000; step++)
        {
            int number = random.Next(1500);
            if (model.Remove(number, out HostConnection? old))
            {
                table.Remove(old);
            }
            else if (random.Next(20_000) > step)
            {
                model[number] = Connection(pair, number);
                table.Add(model[number]);
            }

            int asked = random.Next(1500);
            Assert.Same(model.GetValueOrDefault(asked), table.Find(Tuple(asked)));
            Assert.Equal(model.Count, table.Count);
        }
    }

    [Fact]
    public void Timers_come_in_order_and_a_timer_that_moves_away_is_not_missed()
    {
        var pair = new Pair { Delay = TimeSpan.FromMilliseconds(3) };
        HostListener listener = pair.Listen(80);
        var ends = Enumerable.Range(0, 200).Select(_ => pair.Open(listener)).ToList();
        var random = new Random(5);
        pair.Loses = _ => random.Next(3) == 0;
        foreach ((HostConnection client, _) in ends)
        {
            client.Send(new byte[random.Next(1, 20_000)], pair.Now);
            pair.Run(TimeSpan.FromMilliseconds(random.Next(5)));
        }

        pair.Run(TimeSpan.FromMinutes(20));
        Assert.All(ends, pairOf => Assert.Equal(0, pairOf.Client.Status.SendQueue));
    }

    private static TimeWaitTable Filled(int records)
    {
        var table = new TimeWaitTable(Addresses, Key, TimeSpan.FromSeconds(60), records);
        for (int i = 0; i < records; i++)
        {
            Assert.True(table.TryAdd(Record(i), new Instant(i * 1000L)));
        }

        return table;
    }

    private static FourTuple Tuple(int number)
        => new(new(Addresses[0], 80), new(HostAddress.V4(0x0b000000 + (uint)(number >> 8)), (ushort)(1000 + (number & 255))));

    private static TimeWaitRecord Record(int number)
        => new(0, Tuple(number), new(new(1), new(2), 70_000, true, 3, new WindowScale(7)), 4);

    private static HostConnection Connection(Pair pair, int number) => new(
        new ConnectionRegistry(pair.Client.Settings, new(), new(new byte[16]), Addresses),
        new(TcpSettings.Default, new ConnectionStart(), new()),
        Tuple(number),
        listener: null);
}
