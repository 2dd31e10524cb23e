using System.Reflection;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Snapshots;

/// <summary>Examinations to save, and what becomes of them.</summary>
internal static class Saved
{
    public static byte[] Write(Examination seen)
    {
        using var stream = new MemoryStream();
        var output = new StreamOutput(stream);
        SnapshotWriter.Write(output, seen);
        output.Flush();
        return stream.ToArray();
    }

    public static Examination Read(byte[] octets)
    {
        using var stream = new MemoryStream(octets);
        return SnapshotReader.Read(stream);
    }

    /// <summary>What the doctor says of it, as the program writes it.</summary>
    public static string Report(Examination seen)
    {
        using var stream = new MemoryStream();
        var output = new StreamOutput(stream);
        DoctorJson.Write(output, seen, Diagnosis.Doctor.Examine(seen, Diagnosis.DoctorOptions.Default));
        output.Flush();
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>One of everything, with no number twice in a socket and hostile names.</summary>
    public static Examination Everything()
    {
        ProcessRef server = new(4711, "web\u001b[31m") { Cgroup = "/system.slice/web.service", Namespace = 99 };
        ProcessRef worker = new(4712, "œ\u202e\"\n");
        DateTimeOffset then = new(2026, 3, 1, 12, 0, 0, 123, 456, TimeSpan.Zero);
        SocketTable before = new(), now = new();
        before.Add(Plain(TcpState.Listen, "0.0.0.0", "0.0.0.0"), [server, worker]);
        now.Add(Plain(TcpState.Listen, "0.0.0.0", "0.0.0.0") with { IsPortNamed = false }, [server, worker]);
        now.Add(Full(), [server]);
        now.Add(Plain(TcpState.TimeWait, "::1", "::ffff:10.0.0.1") with { IsLocked = true }, []);
        return new Examination
        {
            HostName = "host",
            Namespace = new NetworkNamespace(99) { Names = ["blue"], Owner = worker, Container = "shop/web", Processes = 3, IsHost = true },
            Before = new Sample { TakenAt = then, Counters = Counters(("Tcp.MaxConn", -1), ("Tcp.ActiveOpens", 5), ("device old.rx_errors", 1)), Sockets = before, Stat = new SocketStat(1, 2, 3, 4, 5, 6) },
            Now = new Sample { TakenAt = then.AddSeconds(5), Counters = Counters(("Tcp.MaxConn", -1), ("IcmpMsg.InType3", 1), ("Tcp.ActiveOpens", long.MaxValue)), Sockets = now },
            Elapsed = TimeSpan.FromTicks(50_000_001),
            Moments = [new CounterMoment(TimeSpan.FromMilliseconds(200), Counters(("Tcp.ActiveOpens", 6)))],
            Settings = new HostSettings([new("net.ipv4.tcp_rmem", "4096 131072 6291456"), new("odd\u001bkey", "")]) { KernelRelease = "6.18.0", BootTime = then.AddDays(-3), PageSizeBytes = 16384, Processors = 2, MemoryBytes = 1L << 40 },
            Processes = [new ProcessFacts(server) { State = 'D', WaitsIn = "inet_csk_accept", Container = "web", DescriptorLimit = 1024, DescriptorHardLimit = 4096, Descriptors = 17, DescriptorsBefore = 16, ClosedSockets = 3, ClosedSocketsBefore = 2, ClosedSocketsAreAtMost = true, IsProgramReplaced = true, Age = TimeSpan.FromTicks(12345678901) }, new ProcessFacts(worker)],
            Interfaces = [new InterfaceFacts(7, "eth\u001b", 9000) { IsUp = true, IsTunnel = true, Addresses = [HostAddress.V4(0x0a000001), HostAddress.Parse("fe80::1")!.Value] }],
            SettingSources = [new SettingSource("net.ipv4.tcp_sack", "0", "/etc/sysctl.d/90-old.conf", 3, true)],
            Cgroups = [new CgroupMemory("/docker/x", 1 << 30, 4096) { Container = "web" }],
            BlindSpots = [new BlindSpot("owners of others", "no permission", "run with sudo"), new BlindSpot("this", "that")],
            Sources = ["sock_diag dump", "owners: BPF"],
        };
    }

    /// <summary>Every property of tcp_info and of memory has a value of its own: one that is forgotten or swapped shows.</summary>
    private static SocketRecord Full() => Plain(TcpState.Established, "10.0.0.1", "192.0.2.7") with
    {
        Vitals = Filled<TcpVitals>(100),
        Memory = Filled<SocketMemory>(200),
        CongestionControl = "cubic",
    };

    private static SocketRecord Plain(TcpState state, string local, string remote) => new()
    {
        Entry = Filled<SocketEntry>(20) with
        {
            State = state,
            Family = local.Contains(':', StringComparison.Ordinal) ? IpFamily.V6 : IpFamily.V4,
            Local = new Endpoint(HostAddress.Parse(local)!.Value, 443),
            Remote = new Endpoint(HostAddress.Parse(remote)!.Value, 50000),
            Transport = Transport.Tcp,
            Kind = SocketKind.Full,
            Shutdown = Shutdown.Send,
            Namespace = 99,
        },
    };

    private static T Filled<T>(byte first)
        where T : struct
    {
        object filled = default(T);
        foreach (PropertyInfo property in typeof(T).GetProperties().Where(static property => property.CanWrite))
        {
            Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (type.IsPrimitive)
            {
                property.SetValue(filled, type == typeof(bool) ? true : Convert.ChangeType(first++, type, null));
            }
            else if (type.IsEnum)
            {
                property.SetValue(filled, Enum.ToObject(type, type == typeof(TcpInfoOptions) ? first++ : 1));
            }
        }

        return (T)filled;
    }

    private static CounterSet Counters(params (string Name, long Value)[] counters)
    {
        CounterSetBuilder builder = new(new CounterNames());
        foreach ((string name, long value) in counters)
        {
            builder.Add(name, value);
        }

        return builder.Build();
    }
}
