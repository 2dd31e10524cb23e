using TcpLens.Observation.Tests.Filters;
using TcpLens.Protocol;

namespace TcpLens.Observation.Tests.Sockets;

public sealed class SocketSummaryTests
{
    private readonly SocketSummary _summary = new(new FakeContext(), ports: null);

    [Fact]
    public void States_are_counted_by_family_and_remotes_by_address()
    {
        Add(TcpState.Established, IpFamily.V4, "10.0.0.1", inode: 5, times: 3);
        Add(TcpState.TimeWait, IpFamily.V6, "2001:db8::1", inode: 0, times: 2);

        Assert.Equal(3, _summary.V4[TcpState.Established]);
        Assert.Equal(2, _summary.V6[TcpState.TimeWait]);
        Assert.Equal(["10.0.0.1", "2001:db8::1"], _summary.Remotes(5).Select(remote => remote.Name));
        Assert.Equal(3, _summary.Remotes(1)[0].Total);
    }

    [Fact]
    public void A_finished_handshake_without_an_inode_waits_for_accept()
    {
        Add(TcpState.Established, IpFamily.V4, "10.0.0.1", inode: 0, times: 2);
        Add(TcpState.CloseWait, IpFamily.V4, "10.0.0.1", inode: 0, times: 1);
        Add(TcpState.Established, IpFamily.V4, "10.0.0.1", inode: 9, times: 1);

        Assert.Equal(3, _summary.Unaccepted);
        Assert.Equal(3, _summary.UnacceptedAt(Entry(TcpState.Listen, IpFamily.V4, "0.0.0.0", 1)));
    }

    [Fact]
    public void An_orphan_and_a_time_wait_do_not_wait_for_accept()
    {
        Add(TcpState.FinWait1, IpFamily.V4, "10.0.0.1", inode: 0, times: 1);
        Add(TcpState.TimeWait, IpFamily.V4, "10.0.0.1", inode: 0, times: 1);

        Assert.Equal(0, _summary.Unaccepted);
    }

    [Fact]
    public void A_listener_has_no_remote() => Assert.Empty(AddListener().Remotes(5));

    private SocketSummary AddListener()
    {
        Add(TcpState.Listen, IpFamily.V4, "0.0.0.0", inode: 3, times: 1);
        return _summary;
    }

    private void Add(TcpState state, IpFamily family, string remote, uint inode, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _summary.Add(Entry(state, family, remote, inode));
        }
    }

    private static SocketEntry Entry(TcpState state, IpFamily family, string remote, uint inode) => new()
    {
        State = state,
        Family = family,
        Kind = state == TcpState.TimeWait ? SocketKind.TimeWait : SocketKind.Full,
        Local = new Endpoint(HostAddress.AnyV4, 80),
        Remote = new Endpoint(HostAddress.Parse(remote)!.Value, 40000),
        Inode = inode,
    };
}
