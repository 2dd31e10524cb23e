using System.Buffers.Binary;
using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Protocol.Tests;

public sealed class AddressTextTests
{
    [Fact]
    public void Every_ipv4_address_is_written_as_the_framework_writes_it()
        => Prop.ForAll(ArbMap.Default.ArbFor<uint>(), value =>
        {
            Span<byte> octets = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(octets, value);
            return Text(HostAddress.V4(value), IpFamily.V4) == new IPAddress(octets).ToString();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_ipv6_address_is_written_as_the_framework_writes_it()
    {
        // Mostly zeros, so that runs of them compete for the two colons.
        Gen<ushort> group = Gen.Frequency(
            (4, Gen.Constant((ushort)0)),
            (1, Gen.Constant((ushort)1)),
            (1, Gen.Constant((ushort)0xffff)),
            (2, Gen.Choose(0, 0xffff).Select(value => (ushort)value)));
        Prop.ForAll(Arb.From(Gen.ArrayOf(group, 8)), groups =>
        {
            byte[] octets = new byte[16];
            for (int i = 0; i < 8; i++)
            {
                BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2 * i), groups[i]);
            }

            string ours = Text(HostAddress.FromNetworkOrder(octets), IpFamily.V6);
            return IsWrittenOtherwiseByTheFramework(groups) || ours == new IPAddress(octets).ToString();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Theory]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:DB8::ABCD:0:0:0", "2001:db8:0:0:abcd::")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("::ffff:0.0.0.0", "::ffff:0.0.0.0")]
    [InlineData("::192.0.2.1", "::192.0.2.1")]
    [InlineData("::ffff:0:102:304", "::ffff:0:102:304")] // dotted by the framework, not by glibc and ss
    [InlineData("fe80::5efe:102:304", "fe80::5efe:102:304")] // the same
    public void Ipv6_text_follows_rfc_5952(string given, string expected)
        => Assert.Equal(expected, Text(HostAddress.Parse(given)!.Value, IpFamily.V6));

    [Theory]
    [InlineData("10.0.0.255", IpFamily.V4, "10.0.0.255")]
    [InlineData("10.0.0.255", IpFamily.V6, "::ffff:10.0.0.255")]
    [InlineData("0.0.0.0", IpFamily.V6, "::ffff:0.0.0.0")]
    public void An_ipv4_host_is_written_as_its_socket_has_it(string address, IpFamily family, string expected)
        => Assert.Equal(expected, Text(HostAddress.Parse(address)!.Value, family));

    [Theory]
    [InlineData("127.0.0.1", 80, IpFamily.V4, false, "", "127.0.0.1:80")]
    [InlineData("0.0.0.0", 65535, IpFamily.V4, false, "", "0.0.0.0:65535")]
    [InlineData("0.0.0.0", 0, IpFamily.V4, false, "", "0.0.0.0:*")]
    [InlineData("::1", 8080, IpFamily.V6, false, "", "[::1]:8080")]
    [InlineData("::", 22, IpFamily.V6, false, "", "[::]:22")]
    [InlineData("::", 22, IpFamily.V6, true, "", "*:22")]
    [InlineData("::", 0, IpFamily.V6, true, "", "*:*")]
    [InlineData("::1", 22, IpFamily.V6, true, "", "[::1]:22")]
    [InlineData("10.1.2.3", 443, IpFamily.V6, true, "", "[::ffff:10.1.2.3]:443")]
    [InlineData("fe80::1", 546, IpFamily.V6, false, "eth0", "[fe80::1]%eth0:546")]
    [InlineData("127.0.0.53", 53, IpFamily.V4, false, "lo", "127.0.0.53%lo:53")]
    public void An_endpoint_is_written_as_ss_writes_it(string address, ushort port, IpFamily family, bool both, string scope, string expected)
    {
        var endpoint = new Endpoint(HostAddress.Parse(address)!.Value, port);
        Span<byte> text = stackalloc byte[Endpoint.MaxFormattedLength + 20];
        Assert.True(endpoint.TryFormat(text, out int length, family, both, Encoding.UTF8.GetBytes(scope)));
        Assert.Equal(expected, Encoding.UTF8.GetString(text[..length]));
    }

    [Fact]
    public void Text_that_does_not_fit_is_refused_at_every_length_and_fits_at_its_own()
    {
        var endpoint = new Endpoint(HostAddress.Parse("2001:db8::1")!.Value, 443);
        const string expected = "[2001:db8::1]%eth0:443";
        byte[] room = new byte[expected.Length];
        for (int length = 0; length < expected.Length; length++)
        {
            Assert.False(endpoint.TryFormat(room.AsSpan(0, length), out int none, IpFamily.V6, scope: "eth0"u8));
            Assert.Equal(0, none);
        }

        Assert.True(endpoint.TryFormat(room, out int written, IpFamily.V6, scope: "eth0"u8));
        Assert.Equal(expected, Encoding.ASCII.GetString(room, 0, written));
    }

    [Fact]
    public void The_longest_endpoint_has_the_length_that_is_promised()
    {
        var longest = new Endpoint(new HostAddress(UInt128.MaxValue), 65535);
        Assert.Equal(Endpoint.MaxFormattedLength, longest.ToString().Length);
    }

    private static string Text(HostAddress address, IpFamily family)
    {
        Span<byte> text = stackalloc byte[40];
        Assert.True(address.TryFormat(text, out int length, family));
        return Encoding.ASCII.GetString(text[..length]);
    }

    /// <summary>
    /// Where the framework and glibc, and so ss, disagree, we follow glibc. Dotted by the framework only: IPv4-translated
    /// (::ffff:0:a.b.c.d) and ISATAP addresses. Dotted by glibc only: ::ffff:0.0.c.d.
    /// </summary>
    private static bool IsWrittenOtherwiseByTheFramework(ushort[] groups)
    {
        bool startsWithZeros = groups.AsSpan(0, 4).IndexOfAnyExcept((ushort)0) < 0;
        return groups[5] == 0x5efe || (startsWithZeros && (groups[4], groups[5], groups[6]) is (0xffff, 0, _) or (0, 0xffff, 0));
    }
}
