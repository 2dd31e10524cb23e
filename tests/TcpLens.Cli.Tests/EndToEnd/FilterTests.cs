using System.Text.Json;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>A filtered list is the whole list, filtered by a predicate that is written here; and what ss shows, where ss can say it.</summary>
public sealed class FilterTests(FilterTests.Crowd made) : IClassFixture<FilterTests.Crowd>
{
    private static readonly Dictionary<string, (bool IsOfSs, Func<Seen, bool> Passes)> Filters = new()
    {
        ["state established"] = (true, s => s.State == TcpState.Established),
        ["state time-wait"] = (true, s => s.State == TcpState.TimeWait),
        ["state syn-recv"] = (true, s => s.State == TcpState.SynReceived),
        ["state fin-wait-2 state close-wait"] = (true, s => s.State is TcpState.FinWait2 or TcpState.CloseWait),
        ["state connected"] = (true, s => s.State is not (TcpState.Listen or TcpState.Closed)),
        ["state synchronized"] = (true, s => s.State is not (TcpState.Listen or TcpState.Closed or TcpState.SynSent)),
        ["state bucket"] = (true, s => s.State is TcpState.SynReceived or TcpState.TimeWait),
        ["exclude established"] = (true, s => s.State != TcpState.Established),
        ["exclude listening"] = (true, s => s.State != TcpState.Listen),
        ["state ESTAB"] = (false, s => s.State == TcpState.Established),
        ["state TIME_WAIT,LAST_ACK"] = (false, s => s.State is TcpState.TimeWait or TcpState.LastAck),
        ["not state established"] = (false, s => s.State != TcpState.Established),
        ["dport = :9 state syn-sent"] = (false, s => s.State == TcpState.SynSent && s.Remote.Port == 9),
        ["dport = :9"] = (true, s => s.Remote.Port == 9),
        ["sport = :6666"] = (true, s => s.Local.Port == 6666),
        ["dport = :6666"] = (true, s => s.Remote.Port == 6666),
        ["sport 6666"] = (false, s => s.Local.Port == 6666),
        ["port 6666"] = (false, s => s.Local.Port == 6666 || s.Remote.Port == 6666),
        ["sport != :6666"] = (true, s => s.Local.Port != 6666),
        ["not dport = :6666"] = (true, s => s.Remote.Port != 6666),
        ["sport < :20000"] = (true, s => s.Local.Port <= 20000 && s.Local.Port != 20000),
        ["sport >= :45000"] = (true, s => s.Local.Port >= 45000),
        ["dport <= :7000"] = (true, s => s.Remote.Port <= 7000),
        ["sport 30000-50000"] = (false, s => s.Local.Port is >= 30000 and <= 50000),
        ["dport 9,6666"] = (false, s => s.Remote.Port is 9 or 6666),
        ["sport > :20000 and sport < :50000"] = (true, s => s.Local.Port is > 20000 and < 50000),
        ["src 127.0.1.0/28"] = (true, s => s.Family == IpFamily.V4 && V4(s.Local) is >= 0x7f000100 and < 0x7f000110),
        ["src 127.0.1.2"] = (true, s => V4(s.Local) == 0x7f000102),
        ["dst 127.0.0.0/16"] = (true, s => V4(s.Remote) >> 16 == 0x7f00),
        ["src != 127.0.1.0/24"] = (false, s => V4(s.Local) >> 8 != 0x7f0001),
        ["not src 127.0.1.0/24"] = (true, s => V4(s.Local) >> 8 != 0x7f0001),
        ["src ::1"] = (false, s => s.Family == IpFamily.V6 && s.Local.Address == HostAddress.Parse("::1")!.Value),
        ["src [::1]"] = (true, s => s.Family == IpFamily.V6 && s.Local.Address == HostAddress.Parse("::1")!.Value),
        ["family v4"] = (false, s => s.Family == IpFamily.V4),
        ["family v6 and not state established"] = (false, s => s.Family == IpFamily.V6 && s.State != TcpState.Established),
        ["addr 127.0.1.2 or port 9"] = (false, s => V4(s.Local) == 0x7f000102 || V4(s.Remote) == 0x7f000102 || s.Local.Port == 9 || s.Remote.Port == 9),
        ["( dport = :9 or dport = :6666 ) and dst 127.0.1.0/24"] = (true, s => s.Remote.Port is 9 or 6666 && V4(s.Remote) >> 8 == 0x7f0001),
        ["dport = :9 or dport = :6666 and dst 127.0.1.0/24"] = (true, s => s.Remote.Port is 9 or 6666 && V4(s.Remote) >> 8 == 0x7f0001),
        ["(sport=:6666)"] = (false, s => s.Local.Port == 6666),
        ["!(sport=:6666|dport=:6666)"] = (false, s => s.Local.Port != 6666 && s.Remote.Port != 6666),
        ["recvq > 0"] = (false, s => s.Row.ReceiveQueue > 0),
        ["sendq >= 1 and not state listening"] = (false, s => s.Row.SendQueue >= 1 && s.State != TcpState.Listen),
        ["kind timewait"] = (false, s => s.Kind == "timewait"),
        ["kind request or state listen"] = (false, s => s.Kind == "request" || s.State == TcpState.Listen),
        ["timer timewait"] = (false, s => s.Timer == "timewait"),
        ["unaccepted"] = (false, s => s is { IsHeld: false, Kind: "full", State: TcpState.Established or TcpState.CloseWait }),
        ["pid 1"] = (false, _ => false),
        ["process conngen"] = (false, s => s.Processes.Contains("conngen")),
        ["process != conngen and state established"] = (false, s => s.State == TcpState.Established && !s.Processes.Contains("conngen")),
        ["uid = 0 and sport = :6666"] = (false, s => s is { Kind: "full", Local.Port: 6666 }),
        ["dst *"] = (true, _ => true),
        [""] = (true, _ => true),
    };

    public static TheoryData<string> Texts => [.. Filters.Keys];

    public static TheoryData<string> TextsOfSs => [.. Filters.Where(filter => filter.Value.IsOfSs).Select(filter => filter.Key)];

    [RootTheory]
    [MemberData(nameof(Texts))]
    public void A_filter_shows_what_it_says(string filter) => AssertSame(
        () => made.Sockets.Where(Filters[filter].Passes).Select(socket => socket.Row),
        () => Tool.Run(made.Namespace, "list", "-H", filter).EnsureSuccess().Lines.Select(SocketRow.OfLine));

    [RootTheory]
    [MemberData(nameof(TextsOfSs))]
    public void What_ss_understands_means_the_same_here(string filter)
    {
        // ss leaves the column out when all rows are in one state by request.
        string state = made.Sockets.First(Filters[filter].Passes).State.Name(StateSpelling.Ss);
        AssertSame(
            () => made.Namespace.Execute("ss", ["-tanH", .. Words(filter)]).EnsureSuccess().Lines
                .Select(line => SocketRow.OfLine(char.IsDigit(line[0]) ? $"{state} {line}" : line)),
            () => Tool.Run(made.Namespace, ["list", "-H", .. Words(filter)]).EnsureSuccess().Lines.Select(SocketRow.OfLine));
    }

    [RootFact]
    public void A_filter_counts_as_it_lists()
        => Assert.All(
            ["dport = :6666", "state connected and src 127.0.1.0/24", "recvq > 0"],
            filter => Assert.Equal(
                Tool.Json(made.Namespace, "list", filter).Items("sockets").Length,
                Tool.Json(made.Namespace, "count", filter).GetProperty("total").GetInt32()));

    [RootFact]
    public void Mixed_and_and_or_are_read_as_ss_reads_them_and_both_readings_are_shown()
    {
        CommandResult result = Tool.Run(made.Namespace, "list", "-H", "dport = :9 or dport = :6666 and dst 127.0.1.0/24").EnsureSuccess();

        Assert.StartsWith("warning: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("(dport = :9 or dport = :6666) and dst 127.0.1.0/24", result.Error.Replace("dport 9", "dport = :9").Replace("dport 6666", "dport = :6666"));
        Assert.Contains("dport = :9 or (dport = :6666 and dst 127.0.1.0/24)", result.Error.Replace("dport 9", "dport = :9").Replace("dport 6666", "dport = :6666"));
    }

    private static string[] Words(string filter) => filter.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Sockets can move between two looks, on a loaded machine above all: a difference must still be there at a second look.</summary>
    private void AssertSame(Func<IEnumerable<SocketRow>> expected, Func<IEnumerable<SocketRow>> seen)
    {
        if (!expected().Order().SequenceEqual(seen().Order()))
        {
            made.LookAgain();
            Assert.Equal(expected().Order(), seen().Order());
        }
    }

    /// <summary>The IPv4 address, carried by IPv6 or not; 0 for any other.</summary>
    private static uint V4(Endpoint endpoint)
    {
        System.Net.IPAddress address = System.Net.IPAddress.Parse(endpoint.Address.ToString());
        byte[] octets = address.IsIPv4MappedToIPv6 ? address.MapToIPv4().GetAddressBytes() : address.GetAddressBytes();
        return octets.Length == 4 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(octets) : 0;
    }

    internal sealed record Seen(SocketRow Row, string Kind, string? Timer, bool IsHeld, string[] Processes)
    {
        public TcpState State => Row.State;

        public IpFamily Family => Row.Family;

        public Endpoint Local => Row.Local;

        public Endpoint Remote => Row.Remote;
    }

    /// <summary>Every state and a small crowd besides.</summary>
    public sealed class Crowd : IDisposable
    {
        private readonly TestNamespace? _namespace;
        private readonly KernelStates? _states;
        private readonly Population? _population;

        public Crowd()
        {
            if (Environment.IsPrivilegedProcess)
            {
                _namespace = new TestNamespace();
                _states = KernelStates.Create(_namespace);
                _population = Population.Start(_namespace, new PopulationSize(Connections: 100, HalfClosed: 10, HalfOpen: 10, TimeWait: 20));
                LookAgain();
            }
        }

        public TestNamespace Namespace => _namespace!;

        internal Seen[] Sockets { get; private set; } = [];

        public void LookAgain() => Sockets = [.. Tool.Json(_namespace, "list", "--process").Items("sockets").Select(See)];

        public void Dispose()
        {
            _population?.Dispose();
            _states?.Dispose();
            _namespace?.Dispose();
        }

        private static Seen See(JsonElement socket) => new(
            SocketRow.OfJson(socket), socket.Text("kind")!, socket.Text("timer"),
            socket.GetProperty("inode").ValueKind == JsonValueKind.Number,
            [.. socket.Items("processes").Select(process => process.Text("command")!)]);
    }
}
