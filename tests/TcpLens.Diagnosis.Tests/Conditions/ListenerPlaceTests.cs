using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>Where listeners stand: which addresses reach them, whom they share a port with, and who may choose it.</summary>
public sealed class ListenerPlaceTests
{
    [Theory]
    [InlineData("127.0.0.1:6379", "10.0.0.5", null)]
    [InlineData("10.0.0.5:6379", "10.0.0.5", Severity.Info)]        // named, so it was decided
    [InlineData("0.0.0.0:6379", "10.0.0.5", Severity.Warning)]      // asks nobody
    [InlineData("0.0.0.0:5432", "10.0.0.5", Severity.Notice)]       // asks for a password
    [InlineData("0.0.0.0:5432", "203.0.113.9", Severity.Warning)]
    [InlineData("203.0.113.9:5432", "203.0.113.9", Severity.Warning)]
    [InlineData("[::]:5432", "2001:db8::9", Severity.Warning)]
    [InlineData("0.0.0.0:5432", "2001:db8::9", null)]               // IPv6 does not reach it
    [InlineData("0.0.0.0:443", "203.0.113.9", null)]
    [InlineData("0.0.0.0:8080", "203.0.113.9", null)]
    [InlineData("0.0.0.0:50051", "203.0.113.9", Severity.Notice)]
    [InlineData("0.0.0.0:50051", "10.0.0.5", null)]
    [InlineData("0.0.0.0:50051", "100.64.1.1", null)]
    public void A_listener_is_as_exposed_as_the_addresses_that_reach_it(string at, string address, Severity? expected)
        => Assert.Equal(expected, Machine(address).Both(Made.Socket(TcpState.Listen, at, null, Made.Java, send: 128)).Find("exposed-listener")?.Severity);

    [Fact]
    public void Two_families_of_one_service_are_one_finding()
        => Assert.Single(Machine("203.0.113.9", "2001:db8::9")
            .Both(Made.Socket(TcpState.Listen, "0.0.0.0:6379", null, Made.Java), Made.Socket(TcpState.Listen, "[::]:6379", null, Made.Java))
            .Examine("exposed-listener").Findings);

    [Theory]
    [InlineData(5, 5, null)]         // full as a whole: load, and no imbalance
    [InlineData(5, 0, Severity.Warning)]
    [InlineData(0, 0, null)]
    public void A_member_is_sick_beside_healthy_ones_only(uint first, uint second, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder()
            .Both(Made.Socket(TcpState.Listen, "0.0.0.0:80", null, Made.Nginx, first, 4), Made.Socket(TcpState.Listen, "0.0.0.0:80", null, Made.Nginx, second, 4))
            .Find("reuseport-imbalance")?.Severity);

    [Fact]
    public void A_member_that_drops_for_the_whole_group_is_sick_though_its_queue_is_empty_now()
    {
        SocketRecord sick = Made.Socket(TcpState.Listen, "0.0.0.0:80", null, Made.Java, 0, 4), well = Made.Socket(TcpState.Listen, "0.0.0.0:80", null, Made.Nginx, 0, 4);

        Finding found = new ExaminationBuilder().Before(well.Dropped(7), sick.Dropped(3)).Now(well.Dropped(7), sick.Dropped(20)).Find("reuseport-imbalance")!;

        Assert.Equal((Severity.Warning, "java/77"), (found.Severity, found.Culprits[0].Name));
    }

    [Fact]
    public void A_member_with_a_program_that_was_replaced_is_left_over_from_a_deployment()
    {
        ProcessRef old = new(13, "nginx");

        Finding found = new ExaminationBuilder()
            .Process(new ProcessFacts(Made.Nginx) { IsProgramReplaced = false }, new ProcessFacts(old) { IsProgramReplaced = true })
            .Both(Made.Socket(TcpState.Listen, "0.0.0.0:80", null, Made.Nginx, 0, 4), Made.Socket(TcpState.Listen, "0.0.0.0:80", null, old, 0, 4))
            .Find("reuseport-imbalance")!;

        Assert.Equal("nginx/13", found.Culprits[0].Name);
    }

    [Theory]
    [InlineData("0.0.0.0:8080", "32768\t60999", true, null)]
    [InlineData("0.0.0.0:50051", "32768\t60999", true, Severity.Notice)]
    [InlineData("0.0.0.0:50051", "32768\t60999", null, Severity.Notice)]     // an older source: who named it is not known
    [InlineData("0.0.0.0:50051", "32768\t60999", false, null)]               // the kernel gave it
    [InlineData("0.0.0.0:50051", "50000\t59999", true, Severity.Warning)]
    public void A_service_port_in_the_range_for_clients_is_as_bad_as_the_range_is_small(string at, string range, bool? isNamed, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder()
            .Setting("net.ipv4.ip_local_port_range", range)
            .Both(Made.Socket(TcpState.Listen, at, null, Made.Java) with { IsPortNamed = isNamed })
            .Find("ephemeral-listener-overlap")?.Severity);

    private static ExaminationBuilder Machine(params string[] addresses) => new ExaminationBuilder()
        .Interface(new InterfaceFacts(1, "lo", 65536) { IsLoopback = true, Addresses = [HostAddress.Parse("127.0.0.1")!.Value, HostAddress.Parse("::1")!.Value] })
        .Interface(new InterfaceFacts(2, "eth0", 1500) { Addresses = [.. addresses.Select(static address => HostAddress.Parse(address)!.Value), HostAddress.Parse("fe80::1")!.Value] });
}
