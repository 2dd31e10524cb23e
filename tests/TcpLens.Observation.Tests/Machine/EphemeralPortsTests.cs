using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Observation.Tests.Machine;

public sealed class EphemeralPortsTests
{
    [Theory]
    [InlineData("32768\t60999", "", 28232)]
    [InlineData("40000 40009", "", 10)]
    [InlineData("40000 40010", "", 10)]
    [InlineData("40000 40000", "", 1)]
    [InlineData("1 65535", "", 65534)]
    [InlineData("40000 40009", "40001", 9)]
    [InlineData("40000 40009", "40008-40020,80", 8)]
    [InlineData("40000 40010", "40010", 9)]
    [InlineData("40000 40010", "40000", 9)]
    [InlineData("40000 40010", "40000,40010", 9)]
    [InlineData("40000 40010", "40005", 9)]
    [InlineData("40000 40009", "40001,40001-40002,40002", 8)]
    [InlineData("40000 40009", "1-65535", 0)]
    public void Usable_is_the_range_without_what_is_reserved_in_it_and_without_one_end_when_its_size_is_odd(string range, string reserved, int usable)
        => Assert.Equal(usable, EphemeralPorts.Parse(range, reserved)!.Usable);

    [Theory]
    [InlineData("", "")]
    [InlineData("40000", "x")]
    [InlineData("60999 32768", "")]
    [InlineData("1 65536", "")]
    [InlineData("1 100", "5,")]
    [InlineData("1 100", "9-5")]
    public void What_is_not_in_the_kernels_form_is_null(string range, string reserved) => Assert.Null(EphemeralPorts.Parse(range, reserved));

    [Fact]
    public void Usable_is_the_number_of_ports_that_can_be_chosen_or_one_less()
        => Prop.ForAll<ushort, ushort, ushort>((first, last, reserved) =>
        {
            EphemeralPorts? ports = EphemeralPorts.Parse($"{first} {last}", $"{reserved}");
            return ports is null
                ? first > last
                : Enumerable.Range(0, 65536).Count(port => ports.CanChoose((ushort)port)) - ports.Usable is 0 or 1;
        }).QuickCheckThrowOnFailure();
}
