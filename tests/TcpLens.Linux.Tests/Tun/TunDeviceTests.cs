using System.Net;
using System.Net.Sockets;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests;

/// <summary>A device of a namespace of its own: what the kernel sends comes out, what is written comes in, and nothing is left behind.</summary>
public sealed class TunDeviceTests
{
    private static readonly TunOptions Options = new()
    {
        Name = "lens0",
        Mtu = 1400,
        Addresses = [TunAddress.Parse("10.9.0.1/24"), TunAddress.Parse("fd09::1/64")],
        Routes = [IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("2001:db8::/32")],
    };

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_device_has_what_was_asked_for_and_goes_when_it_is_closed(bool offloads)
    {
        using var place = new TestNamespace();
        using (TunDevice device = place.Run(() => TunDevice.Open(Options with { Offloads = offloads })))
        {
            string link = place.Execute("ip", "address", "show", "dev", "lens0").EnsureSuccess().Output;
            Assert.Equal("lens0", device.Name);
            Assert.Contains("mtu 1400", link);
            Assert.Contains("qlen 2000", link);
            Assert.Contains(",UP", link);
            Assert.Contains("inet 10.9.0.1/24", link);
            Assert.Contains("inet6 fd09::1/64", link);
            Assert.Contains("198.51.100.0/24 dev lens0", place.Execute("ip", "route").Output);
            Assert.Contains("2001:db8::/32 dev lens0", place.Execute("ip", "-6", "route").Output);
        }

        Assert.NotEqual(0, place.Execute("ip", "link", "show", "dev", "lens0").ExitCode);
    }

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_packet_comes_out_as_the_kernel_sent_it_and_one_put_in_arrives(bool offloads)
    {
        using var place = new TestNamespace();
        using TunDevice device = place.Run(() => TunDevice.Open(Options with { Offloads = offloads }));
        using Socket socket = place.Run(() =>
        {
            var made = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
            made.Bind(new IPEndPoint(IPAddress.Parse("10.9.0.1"), 0));
            made.Connect(IPAddress.Parse("10.9.0.2"), 4711);
            return made;
        });
        socket.Send("out"u8);

        byte[] packet = ReadV4(device);
        Assert.Equal("out"u8, packet.AsSpan(28, 3));

        // The same packet, sent back: addresses and ports change places, which no checksum of theirs notices.
        byte[] answer = [.. packet.AsSpan(0, 12), .. packet.AsSpan(16, 4), .. packet.AsSpan(12, 4), .. packet.AsSpan(22, 2), .. packet.AsSpan(20, 2), .. packet.AsSpan(24)];
        answer[26] = answer[27] = 0;    // UDP over IPv4 may go without a checksum (RFC 768).
        Assert.True(device.TryWrite(answer, default));
        byte[] received = new byte[10];
        Assert.Equal(3, socket.Receive(received));
        Assert.Equal("out"u8, received.AsSpan(0, 3));
    }

    [RootFact]
    public void A_wait_ends_when_it_is_woken_before_or_after_it_began()
    {
        using var place = new TestNamespace();
        using TunDevice device = place.Run(() => TunDevice.Open(Options));
        device.Wake();
        device.Wait(Timeout.InfiniteTimeSpan);

        Task waking = Task.Run(device.Wake);
        device.Wait(Timeout.InfiniteTimeSpan);
        Assert.True(waking.Wait(Until.Patience));
    }

    [RootFact]
    public void Two_queues_are_one_interface_until_both_are_closed()
    {
        using var place = new TestNamespace();
        using TunDevice first = place.Run(() => TunDevice.Open(Options with { MultiQueue = true }));
        using TunDevice second = place.Run(first.OpenQueue);
        first.Dispose();
        Assert.Equal(0, place.Execute("ip", "link", "show", "dev", "lens0").ExitCode);
        second.Dispose();
        Assert.NotEqual(0, place.Execute("ip", "link", "show", "dev", "lens0").ExitCode);
    }

    [RootFact]
    public void A_name_that_is_taken_is_refused_and_what_failed_half_way_is_gone()
    {
        using var place = new TestNamespace();
        using (place.Run(() => TunDevice.Open(Options)))
        {
            var taken = Assert.Throws<SystemCallException>(() => place.Run(() => TunDevice.Open(Options)));
            Assert.Contains("EBUSY", taken.Message);
        }

        Assert.Throws<SystemCallException>(() => place.Run(() => TunDevice.Open(Options with { Mtu = 20 })));
        Assert.NotEqual(0, place.Execute("ip", "link", "show", "dev", "lens0").ExitCode);
    }

    [RootFact]
    public void A_packet_that_is_none_is_lost_and_a_device_that_was_deleted_is_an_error()
    {
        using var place = new TestNamespace();
        using TunDevice device = place.Run(() => TunDevice.Open(Options));
        Assert.False(device.TryWrite([0, 0, 0, 0], default));
        place.Execute("ip", "link", "set", "lens0", "down").EnsureSuccess();
        Assert.False(device.TryWrite(new byte[40], default));
        place.Execute("ip", "link", "delete", "lens0").EnsureSuccess();
        Assert.Throws<SystemCallException>(() => device.TryRead(new byte[2000], out _, out _));
    }

    /// <summary>The kernel also sends IPv6 packets of its own accord (router solicitations, group reports).</summary>
    private static byte[] ReadV4(TunDevice device)
    {
        byte[] buffer = new byte[65_535];
        int length = 0;
        Until.True(() => device.TryRead(buffer, out length, out PacketOffload _) && buffer[0] >> 4 == 4, "an IPv4 packet must come out of the device");
        return buffer[..length];
    }
}
