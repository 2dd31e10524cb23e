using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Observation.Tests.Counters;

public sealed class CounterTextTests
{
    [Fact]
    public void A_table_is_read_by_name()
    {
        CounterSet set = Tables("Tcp: RtoAlgorithm MaxConn ActiveOpens\nTcp: 1 -1 42\nTcpExt: ListenDrops\nTcpExt: 18446744073709\n");

        Assert.Equal(42, set["Tcp.ActiveOpens"]);
        Assert.Equal(-1, set["Tcp.MaxConn"]);
        Assert.Equal(18446744073709, set["TcpExt.ListenDrops"]);
        Assert.Null(set["TcpExt.NotInThisKernel"]);
        Assert.Empty(set.Problems);
    }

    [Theory]
    [InlineData("A: x y\nA: 1\nB: z\nB: 3\n", "\"A\": 2 names but 1 values")]
    [InlineData("A: x\nA: 1 2\nB: z\nB: 3\n", "\"A\": 1 names but 2 values")]
    [InlineData("A: x\nA: 1x\nB: z\nB: 3\n", "A.x: \"1x\" is not a number of 63 bits")]
    [InlineData("A: x\nA: 99999999999999999999\nB: z\nB: 3\n", "A.x: \"99999999999999999999\" is not a number of 63 bits")]
    public void A_table_that_does_not_fit_is_left_out_and_said_and_the_next_is_still_read(string text, string problem)
    {
        CounterSet set = Tables(text);

        Assert.Null(set["A.x"]);
        Assert.Equal(3, set["B.z"]);
        Assert.Equal([problem], set.Problems);
    }

    [Theory]
    [InlineData("B: z\nB: 3\nA: x\n")]
    [InlineData("B: z\nB: 3\nA: x\nC: 1\n")]
    [InlineData("B: z\nB: 3\nno colon\nno colon\n")]
    public void Names_without_values_end_the_text_and_are_said(string text)
    {
        CounterSet set = Tables(text);

        Assert.Equal(3, set["B.z"]);
        Assert.Equal(1, set.Names.Length);
        Assert.Single(set.Problems);
    }

    [Fact]
    public void The_table_of_snmp6_ends_with_its_six()
    {
        CounterSetBuilder builder = new(new CounterNames());
        CounterText.ParseSnmp6("Ip6InReceives                   \t7\nIcmp6OutType133 \t2\nUdp6NoPorts\n"u8, builder);
        CounterSet set = builder.Build();

        Assert.Equal(7, set["Ip6.InReceives"]);
        Assert.Equal(2, set["Icmp6.OutType133"]);
        Assert.Equal(2, set.Names.Length);
    }

    [Fact]
    public void Sockstat_is_gauges_and_some_of_them_belong_to_the_host()
    {
        CounterSetBuilder builder = new(new CounterNames());
        CounterText.ParseSockstat("sockets: used 15\nTCP: inuse 1 orphan 2 tw 3 alloc 4 mem 5\n"u8, "sockstat", builder);
        CounterText.ParseSockstat("TCP6: inuse 6\n"u8, "sockstat6", builder);
        CounterSet set = builder.Build();

        Assert.Equal(
            [
                ("sockstat sockets.used", 15, CounterScope.Namespace), ("sockstat TCP.inuse", 1, CounterScope.Namespace),
                ("sockstat TCP.orphan", 2, CounterScope.Host), ("sockstat TCP.tw", 3, CounterScope.Namespace),
                ("sockstat TCP.alloc", 4, CounterScope.Host), ("sockstat TCP.mem", 5, CounterScope.Host),
                ("sockstat6 TCP6.inuse", 6, CounterScope.Namespace),
            ],
            set.Names.ToArray().Zip(set.Values.ToArray(), (name, value) => (name.Text, value, name.Scope)));
        Assert.All(set.Names.ToArray(), name => Assert.Equal(CounterKind.Gauge, name.Kind));
    }

    [Fact]
    public void A_name_with_an_escape_sequence_is_refused_and_not_repeated_raw()
    {
        CounterSet set = Tables("A: \u001b[31mred\nA: 1\n");

        Assert.Equal(0, set.Names.Length);
        Assert.DoesNotContain(set.Problems, problem => problem.Contains('\u001b'));
        Assert.Single(set.Problems);
    }

    [Fact]
    public void A_name_is_one_object_in_every_sample()
    {
        CounterNames names = new();
        CounterSet first = Tables("A: x\nA: 1\n", names);
        CounterSet second = Tables("A: x\nA: 2\n", names);

        Assert.Same(first.Names[0], second.Names[0]);
    }

    [Fact]
    public void More_counters_than_any_kernel_has_are_cut_and_said()
    {
        int many = CounterSetBuilder.CountersMax + 10;
        string names = string.Join(' ', Enumerable.Range(0, many).Select(i => $"n{i}"));
        CounterSet set = Tables($"Many: {names}\nMany: {string.Join(' ', Enumerable.Repeat("1", many))}\n");

        Assert.Equal(CounterSetBuilder.CountersMax, set.Names.Length);
        Assert.Single(set.Problems);
    }

    /// <summary>Half of the octets are the few that the formats are made of, or nothing would ever look like a table.</summary>
    private static readonly Arbitrary<byte[]> Octets = Gen.Frequency(
        (1, Gen.Choose(0, 255).Select(octet => (byte)octet)),
        (1, Gen.Elements(": \n\tA6-19"u8.ToArray()))).ArrayOf().ToArbitrary();

    [Fact]
    public void Any_octets_at_all_are_a_value_and_never_an_exception()
        => Prop.ForAll(Octets, octets =>
        {
            CounterSetBuilder builder = new(new CounterNames());
            CounterText.ParseTables(octets, builder);
            CounterText.ParseSnmp6(octets, builder);
            CounterText.ParseSockstat(octets, "sockstat", builder);
            CounterSet set = builder.Build();
            SocketStat.Parse(octets, octets);
            return set.Names.Length == set.Values.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Text_cut_at_any_place_gives_only_counters_of_the_whole()
    {
        byte[] whole = Encoding.ASCII.GetBytes("Tcp: ActiveOpens PassiveOpens\nTcp: 12 34\nTcpExt: ListenDrops\nTcpExt: 5\n");
        string[] names = [.. Tables(Encoding.ASCII.GetString(whole)).Names.ToArray().Select(name => name.Text)];
        for (int length = 0; length <= whole.Length; length++)
        {
            CounterSet cut = Tables(Encoding.ASCII.GetString(whole, 0, length));
            Assert.All(cut.Names.ToArray(), name => Assert.Contains(name.Text, names));
        }
    }

    private static CounterSet Tables(string text, CounterNames? names = null)
    {
        CounterSetBuilder builder = new(names ?? new CounterNames());
        CounterText.ParseTables(Encoding.UTF8.GetBytes(text), builder);
        return builder.Build();
    }
}
