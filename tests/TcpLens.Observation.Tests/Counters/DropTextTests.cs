using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Observation.Tests.Counters;

public sealed class DropTextTests
{
    private const string Conntrack =
        "entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new\n"
        + "00000011  00000000 00000000 00000000 0000000a 00000000 00000000 00000000 00000000 00000001 00000002 00000003 00000000  00000000\n"
        + "00000011  00000000 00000000 00000000 00000006 00000000 00000000 00000000 00000000 00000000 00000010 00000000 00000000  00000000\n";

    private const string Devices =
        "Inter-|   Receive                                                |  Transmit\n"
        + " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n"
        + "    lo:   27522     440    0    0    0     0          0         0    27522     440    0    0    0     0       0          0\n"
        + "eth0.5:1000000000000 7    1    2    0     0          0         0    27522     440    3    4    0     0       0          0\n";

    private const string Softnet = "009f6965 00000010 00000003 00000000\n00916e3d 00000001 0000000f 00000000\n";

    /// <summary>Half of the octets are the few that the formats are made of, or nothing would ever look like one.</summary>
    private static readonly Arbitrary<byte[]> Octets = Gen.Frequency(
        (1, Gen.Choose(0, 255).Select(octet => (byte)octet)),
        (1, Gen.Elements(": \n\tdrop6-19af"u8.ToArray()))).ArrayOf().ToArbitrary();

    [Fact]
    public void Softnet_is_the_hosts_and_the_sum_of_its_processors()
    {
        CounterSet set = Read(Softnet, DropText.ParseSoftnet);

        Assert.Equal((17, 18), (set["softnet.dropped"], set["softnet.time_squeezed"]));
        Assert.All(set.Names.ToArray(), name => Assert.Equal((CounterKind.Counter, CounterScope.Host), (name.Kind, name.Scope)));
        Assert.Empty(set.Problems);
    }

    [Fact]
    public void Entries_of_conntrack_are_the_same_in_each_line_and_the_rest_is_summed_by_name()
    {
        CounterSet set = Read(Conntrack, DropText.ParseConntrack);

        Assert.Equal(
            [("conntrack.entries", 17L, CounterKind.Gauge), ("conntrack.drop", 18, CounterKind.Counter), ("conntrack.early_drop", 3, CounterKind.Counter), ("conntrack.insert_failed", 1, CounterKind.Counter), ("conntrack.invalid", 16, CounterKind.Counter)],
            set.Names.ToArray().Zip(set.Values.ToArray(), (name, value) => (name.Text, value, name.Kind)));
        Assert.All(set.Names.ToArray(), name => Assert.Equal(CounterScope.Namespace, name.Scope));
        Assert.Empty(set.Problems);
    }

    [Fact]
    public void A_kernel_without_a_column_of_conntrack_has_no_such_counter()
        => Assert.Equal(
            ["conntrack.entries", "conntrack.drop"],
            Read("entries drop\n00000001 00000002\n", DropText.ParseConntrack).Names.ToArray().Select(name => name.Text));

    [Fact]
    public void A_device_has_four_counters_of_what_it_lost()
    {
        CounterSet set = Read(Devices, DropText.ParseDevices);

        Assert.Equal(
            [("device lo.rx_errors", 0L), ("device lo.rx_dropped", 0), ("device lo.tx_errors", 0), ("device lo.tx_dropped", 0),
             ("device eth0.5.rx_errors", 1), ("device eth0.5.rx_dropped", 2), ("device eth0.5.tx_errors", 3), ("device eth0.5.tx_dropped", 4)],
            set.Names.ToArray().Zip(set.Values.ToArray(), (name, value) => (name.Text, value)));
        Assert.Empty(set.Problems);
    }

    [Fact]
    public void Files_open_on_the_host_are_a_gauge()
    {
        CounterSet set = Read("872\t0\t2466170\n", DropText.ParseFileCount);

        Assert.Equal(872, set["file-nr.allocated"]);
        Assert.Equal((CounterKind.Gauge, CounterScope.Host), (set.Names[0].Kind, set.Names[0].Scope));
    }

    [Theory]
    [InlineData("eth\u001b[31m: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n", "\"eth?[31m\" is not a device's name")]
    [InlineData("a-name-of-16-octs: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n", "\"a-name-of-16-octs\" is not a device's name")]
    [InlineData("eth0: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n", "device eth0: \"\" is not a number")]
    [InlineData("eth0: 1 1 x 1 1 1 1 1 1 1 1 1 1 1 1 1\n", "device eth0: \"x\" is not a number")]
    public void A_device_that_makes_no_sense_is_left_out_and_said_and_the_next_is_still_read(string line, string problem)
    {
        CounterSet set = Read(line + "lo: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n", DropText.ParseDevices);

        Assert.Equal(4, set.Names.Length);
        Assert.Equal(1, set["device lo.rx_errors"]);
        Assert.Equal([problem], set.Problems);
    }

    [Fact]
    public void More_devices_than_are_taken_are_said()
    {
        string many = string.Concat(Enumerable.Range(0, DropText.DevicesMax + 5).Select(i => $"veth{i}: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"));
        CounterSet set = Read(many, DropText.ParseDevices);

        Assert.Equal(4 * DropText.DevicesMax, set.Names.Length);
        Assert.Single(set.Problems);
    }

    [Fact]
    public void Garbage_gives_no_counter_and_says_so()
    {
        Assert.Single(Read("zz 1 2\n", DropText.ParseSoftnet).Problems);
        Assert.Single(Read("entries drop\n1\n", DropText.ParseConntrack).Problems);
        Assert.Single(Read("entries drop\n1 -1\n", DropText.ParseConntrack).Problems);
        Assert.Single(Read("many\n", DropText.ParseFileCount).Problems);
        Assert.Equal(0, Read("", DropText.ParseSoftnet).Names.Length);
        Assert.Equal(0, Read("entries drop\n", DropText.ParseConntrack).Names.Length);
    }

    [Fact]
    public void Any_octets_at_all_are_a_value_and_never_an_exception()
        => Prop.ForAll(Octets, octets =>
        {
            CounterSetBuilder builder = new(new CounterNames());
            DropText.ParseSoftnet(octets, builder);
            DropText.ParseConntrack(octets, builder);
            DropText.ParseDevices(octets, builder);
            DropText.ParseFileCount(octets, builder);
            return builder.Build() is { } set && set.Names.Length == set.Values.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Text_cut_at_any_place_gives_only_counters_of_the_whole()
    {
        foreach ((string text, Parser parse) in ((string, Parser)[])[(Conntrack, DropText.ParseConntrack), (Devices, DropText.ParseDevices), (Softnet, DropText.ParseSoftnet)])
        {
            string[] names = [.. Read(text, parse).Names.ToArray().Select(name => name.Text)];
            for (int length = 0; length <= text.Length; length++)
            {
                Assert.All(Read(text[..length], parse).Names.ToArray(), name => Assert.Contains(name.Text, names));
            }
        }
    }

    private delegate void Parser(ReadOnlySpan<byte> text, CounterSetBuilder into);

    private static CounterSet Read(string text, Parser parse)
    {
        CounterSetBuilder builder = new(new CounterNames());
        parse(Encoding.UTF8.GetBytes(text), builder);
        return builder.Build();
    }
}
