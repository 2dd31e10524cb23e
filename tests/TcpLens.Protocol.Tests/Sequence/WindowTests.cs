using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Protocol.Tests;

public sealed class WindowTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(65535, 0, 65535)]
    [InlineData(1, 14, 16384)]
    [InlineData(65535, 14, 1_073_725_440)]
    [InlineData(502, 7, 64256)]
    public void The_wire_value_times_the_scale_gives_octets(ushort field, byte shift, uint octets)
        => Assert.Equal(octets, (new WindowField(field) << new WindowScale(shift)).Octets);

    [Theory]
    [InlineData(14, 14)]
    [InlineData(15, 14)]
    [InlineData(255, 14)]
    public void A_scale_above_14_counts_as_14(byte received, byte used)
        => Assert.Equal(used, new WindowScale(received).Shift);

    [Fact]
    public void Every_wire_value_survives_the_way_to_octets_and_back_at_every_scale()
        => Prop.ForAll<DoNotSize<ushort>, byte>((wire, shift) =>
        {
            WindowScale scale = new(shift);
            WindowField field = new(wire.Item);
            return (field << scale) >> scale == field;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_header_never_promises_more_than_the_window_has()
        => Prop.ForAll<DoNotSize<uint>, byte>((octets, shift) =>
        {
            WindowSize size = WindowSize.Saturate(octets.Item);
            WindowScale scale = new(shift);
            return ((size >> scale) << scale).Octets <= size.Octets;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_window_larger_than_any_header_can_say_is_refused_or_saturated()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WindowSize(WindowSize.MaxOctets + 1));
        Assert.Equal(WindowSize.MaxOctets, WindowSize.Saturate(ulong.MaxValue).Octets);
    }
}
