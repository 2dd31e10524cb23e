using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Protocol.Tests;

public sealed class HostAddressTests
{
    [Fact]
    public void A_prefix_holds_an_address_exactly_when_their_first_bits_are_equal()
    {
        // Addresses that share a random number of leading bits, so that every length is tried from both sides.
        Prop.ForAll(ArbMap.Default.ArbFor<(ulong, ulong, byte)>(), given =>
        {
            (ulong high, ulong low, byte shared) = given;
            var network = new UInt128(high, low);
            UInt128 other = network ^ (shared >= 128 ? 0 : UInt128.One << (127 - shared));
            for (int length = 0; length <= 128; length++)
            {
                bool expected = length == 0 || ((network ^ other) >> (128 - length)) == 0;
                if (new HostAddress(other).IsWithin(new HostAddress(network), length) != expected)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("0.0.0.0", true, false, true)]
    [InlineData("::", true, false, false)]
    [InlineData("127.0.0.53", false, true, true)]
    [InlineData("::1", false, true, false)]
    [InlineData("::2", false, false, false)]
    [InlineData("::ffff:127.1.2.3", false, true, true)]
    [InlineData("1::1", false, false, false)]
    [InlineData("1::ffff:0:0", false, false, false)]
    [InlineData("128.0.0.1", false, false, true)]
    public void An_address_knows_what_it_is(string text, bool isUnspecified, bool isLoopback, bool isV4)
    {
        HostAddress address = HostAddress.Parse(text)!.Value;
        Assert.Equal(isUnspecified, address.IsUnspecified);
        Assert.Equal(isLoopback, address.IsLoopback);
        Assert.Equal(isV4, address.IsV4Mapped);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1:2")]
    public void The_frameworks_type_and_ours_hold_the_same_address(string text)
    {
        IPAddress address = IPAddress.Parse(text);
        Assert.Equal(address, HostAddress.From(address).ToIPAddress());
        Assert.Equal(text, HostAddress.From(address).ToString());
        Assert.Equal(HostAddress.From(address), new HostAddress(HostAddress.From(address).Bits));
    }
}
