using System.Net;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Trace;

/// <summary>Whose a socket is, asked of real processes with real sockets.</summary>
public sealed class TraceOwnersTests
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    [RootFact]
    public void The_process_of_the_record_goes_before_all_others_unless_it_destroyed_the_socket()
    {
        using var stage = new Stage();
        TraceRecord record = stage.RecordOf("s") with { Pid = 77, Command = TaskName.From("told"u8) };

        Assert.Equal(new TraceOwner(77, TaskName.From("told"u8), OwnerFrom.Task), stage.Owners.OwnerOf(in record));
        Assert.Equal((stage.Server.Pid, OwnerFrom.Descriptor), stage.Ask(record with { Marks = TraceMarks.Destroyed }));
    }

    [RootFact]
    public void A_socket_that_was_there_before_is_found_among_the_descriptors()
    {
        using var stage = new Stage();
        stage.Server.Rename("a-server");

        Assert.Equal((stage.Server.Pid, OwnerFrom.Descriptor), stage.Ask(stage.RecordOf("s")));
        Assert.Equal("a-server", stage.Owners.OwnerOf(stage.RecordOf("s")).Command.ToString());
    }

    [RootFact]
    public void A_connection_that_its_process_let_go_keeps_its_owner()
    {
        using var stage = new Stage();
        TraceRecord before = stage.RecordOf("s");
        Assert.Equal((stage.Server.Pid, OwnerFrom.Descriptor), stage.Ask(before));

        Assert.Equal((stage.Server.Pid, OwnerFrom.Descriptor), stage.Ask(before with { Inode = 0, LocalPort = 1, Marks = TraceMarks.Orphan }));
        Assert.Equal((0, OwnerFrom.Nobody), stage.Ask(before with { Inode = 0, LocalPort = 1, Cookie = 1 }));
    }

    [RootFact]
    public void A_connection_that_waits_for_accept_belongs_to_whoever_has_the_listener()
    {
        using var stage = new Stage();
        TraceRecord waiting = stage.RecordOf("s") with { Inode = 0, Cookie = 0 };

        Assert.Equal((stage.Server.Pid, OwnerFrom.Listener), stage.Ask(waiting));
        Assert.Equal((0, OwnerFrom.Nobody), stage.Ask(waiting with { LocalPort = 1 }));
        Assert.Equal((0, OwnerFrom.Nobody), stage.Ask(waiting with { Namespace = 1 }));
        Assert.Equal((0, OwnerFrom.Nobody), stage.Ask(waiting with { Namespace = 0 }));
    }

    [RootFact]
    public void Of_several_processes_that_share_a_port_none_is_guessed()
    {
        using var stage = new Stage();
        using var other = new Puppet(stage.Namespace);
        using var third = new Puppet(stage.Namespace);
        IPEndPoint shared = other.Listen("l", Anywhere, options: BindOptions.ReusePort);
        third.Listen("l", shared, options: BindOptions.ReusePort);

        Assert.Equal((0, OwnerFrom.Nobody), stage.Ask(stage.RecordOf("s") with { Inode = 0, Cookie = 0, LocalPort = (ushort)shared.Port }));
    }

    [Fact]
    public void A_listener_is_learned_when_it_opens_and_forgotten_when_it_closes()
    {
        TraceOwners owners = Traced.Owners();
        TraceRecord opened = Traced.Change(TcpState.Closed, TcpState.Listen) with { LocalAddress = WireAddress.Of(HostAddress.AnyV6), Family = IpFamily.V6 };
        TraceRecord child = Traced.Change(TcpState.SynReceived, TcpState.Established) with { Pid = 0, Inode = 0 };

        Assert.Equal(OwnerFrom.Nobody, owners.OwnerOf(in child).From);
        owners.Learn(in opened);
        Assert.Equal((812, OwnerFrom.Listener), (owners.OwnerOf(in child).Pid, owners.OwnerOf(in child).From));
        owners.Learn(opened with { From = TcpState.Listen, To = TcpState.Closed });
        Assert.Equal(OwnerFrom.Nobody, owners.OwnerOf(in child).From);
    }

    [Fact]
    public void A_listener_on_the_very_address_goes_before_one_on_all()
    {
        TraceOwners owners = Traced.Owners();
        owners.Learn(Traced.Change(TcpState.Closed, TcpState.Listen) with { LocalAddress = WireAddress.Of(HostAddress.AnyV4), Pid = 1 });
        owners.Learn(Traced.Change(TcpState.Closed, TcpState.Listen) with { Pid = 2 });
        TraceRecord child = Traced.Change(TcpState.SynReceived, TcpState.Established) with { Pid = 0, Inode = 0 };

        Assert.Equal(2, owners.OwnerOf(in child).Pid);
        Assert.Equal(1, owners.OwnerOf(child with { LocalAddress = WireAddress.Of(HostAddress.Parse("10.0.0.9")!.Value) }).Pid);
    }

    [RootFact]
    public void A_survey_tells_a_reader_of_the_file_what_was_known_when_it_was_made()
    {
        using var stage = new Stage();
        TraceOwners later = Traced.Owners();
        foreach (ref readonly TraceRecord owner in new TraceBatch(stage.Owners.Survey(limit: 1000).Octets))
        {
            later.Learn(in owner);
        }

        TraceRecord accepted = stage.RecordOf("s");
        TraceRecord waiting = accepted with { Inode = 0, Cookie = 0 };
        Assert.Equal((stage.Server.Pid, OwnerFrom.Descriptor), (later.OwnerOf(in accepted).Pid, later.OwnerOf(in accepted).From));
        Assert.Equal((stage.Server.Pid, OwnerFrom.Listener), (later.OwnerOf(in waiting).Pid, later.OwnerOf(in waiting).From));
        Assert.Equal(TraceBatch.SizeOf(TraceRecord.Length), stage.Owners.Survey(limit: 1).Octets.Length);
    }

    [RootTheory]
    [InlineData("pid {0}", true)]
    [InlineData("pid {1}", false)]
    [InlineData("process a-server", true)]
    [InlineData("process other", false)]
    public void A_filter_asks_for_the_owner_that_was_found(string text, bool passes)
    {
        using var stage = new Stage();
        stage.Server.Rename("a-server");
        SocketFilter filter = SocketFilter.Parse(string.Format(null, text, stage.Server.Pid, stage.Client.Pid), NoNames.Instance).Filter!;

        Assert.Equal(passes, stage.Owners.Judge(filter, stage.RecordOf("s"), default));
    }

    /// <summary>A server with a listener "l" and a connection "s", and its client; and what a record without a process would say of them.</summary>
    private sealed class Stage : IDisposable
    {
        private readonly LiveMachine _machine;
        private readonly NetworkNamespace _place;

        public Stage()
        {
            Namespace = new TestNamespace();
            Server = new Puppet(Namespace);
            Client = new Puppet(Namespace);
            Client.Connect("c", Server.Listen("l", Anywhere));
            Server.Accept("s", "l");
            _place = new NamespaceFinder().FindAll().Found.Single(found => found.Names.Contains(Namespace.Name));
            _machine = new LiveMachine([_place]);
            Owners = new TraceOwners(_machine, _machine.Places, TimeProvider.System);
        }

        public TestNamespace Namespace { get; }

        public Puppet Server { get; }

        public Puppet Client { get; }

        public TraceOwners Owners { get; }

        public TraceRecord RecordOf(string socket) => Traced.Event(TraceKind.Retransmitted) with
        {
            Pid = 0,
            Command = default,
            Inode = Server.Inode(socket),
            Namespace = _place.Inode,
            LocalAddress = WireAddress.Of(HostAddress.From(IPAddress.Loopback)),
            LocalPort = (ushort)Server.Local(socket).Port,
        };

        public (int Pid, OwnerFrom From) Ask(TraceRecord record)
        {
            TraceOwner owner = Owners.OwnerOf(in record);
            return (owner.Pid, owner.From);
        }

        public void Dispose()
        {
            _machine.Dispose();
            Client.Dispose();
            Server.Dispose();
            Namespace.Dispose();
        }
    }
}
