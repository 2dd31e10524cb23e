using System.Text;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Snapshots;

public sealed class SnapshotTests
{
    private static readonly Examination Whole = Saved.Everything();

    [Fact]
    public void What_was_saved_comes_back_to_the_last_number()
    {
        Examination back = Saved.Read(Saved.Write(Whole));

        Assert.Equal(Whole.Before.Sockets.All.ToArray(), back.Before.Sockets.All.ToArray());
        Assert.Equal(Whole.Now.Sockets.All.ToArray(), back.Now.Sockets.All.ToArray());
        Assert.Equal(
            Whole.Now.Sockets.HoldersOf(Whole.Now.Sockets.All[0]).Select(process => process.Pid),
            back.Now.Sockets.HoldersOf(back.Now.Sockets.All[0]).Select(process => process.Pid));
        Assert.Equal(Whole.Processes, back.Processes);
        Assert.Equal(Whole.SettingSources, back.SettingSources);
        Assert.Equal(Whole.Cgroups, back.Cgroups);
        Assert.Equal(Whole.BlindSpots, back.BlindSpots);
        Assert.Equal(Whole.Sources, back.Sources);
        Assert.Equal(Whole.Settings.Values, back.Settings.Values);
        Assert.Equal((Whole.Elapsed, Whole.Before.TakenAt, Whole.Now.TakenAt, Whole.Before.Stat, Whole.Settings.BootTime), (back.Elapsed, back.Before.TakenAt, back.Now.TakenAt, back.Before.Stat, back.Settings.BootTime));
        Assert.Equal(Whole.Interfaces[0].Addresses, back.Interfaces[0].Addresses);
        Assert.Equal(Whole.Now.Counters.Names.ToArray(), back.Now.Counters.Names.ToArray());
        Assert.Equal(Whole.Now.Counters.Values.ToArray(), back.Now.Counters.Values.ToArray());
        Assert.Null(back.Now.Counters["device old.rx_errors"]);
        Assert.Equal(6, Assert.Single(back.Moments).Counters["Tcp.ActiveOpens"]);
        Assert.Equal((Whole.Namespace.DisplayName, "shop/web", 3), (back.Namespace.DisplayName, back.Namespace.Container, back.Namespace.Processes));
    }

    /// <summary>Whatever an examination and its parts come to have, a snapshot must have too: saved again, not an octet differs.</summary>
    [Fact]
    public void Saved_twice_it_is_the_same_and_the_doctor_says_the_same()
    {
        byte[] first = Saved.Write(Whole);
        Examination back = Saved.Read(first);

        Assert.Equal(Encoding.UTF8.GetString(first), Encoding.UTF8.GetString(Saved.Write(back)));
        Assert.Equal(Saved.Report(Whole), Saved.Report(back));
    }

    [Fact]
    public void A_snapshot_is_ascii_with_a_line_for_each_socket_and_no_null_in_it()
    {
        byte[] octets = Saved.Write(Whole);
        string[] lines = Encoding.ASCII.GetString(octets).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(1 + Whole.Before.Sockets.Count + Whole.Now.Sockets.Count, lines.Length);
        Assert.DoesNotContain(octets, octet => octet is >= 0x7f or (< (byte)' ' and not (byte)'\n'));
        Assert.All(lines[1..], line => Assert.DoesNotContain("null", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_later_version_may_say_more_in_any_order()
    {
        string[] lines = Encoding.ASCII.GetString(Saved.Write(Whole)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0] = lines[0].Replace("{\"schema\"", "{\"new\":{\"deep\":[1]},\"schema\"", StringComparison.Ordinal);
        lines[1] = "{\"port_named\":1,\"new\":[{}],\"remote_address\":\"::1\",\"memory\":{\"new\":1,\"drops\":3},\"family\":6,\"state\":10,\"local_address\":\"::\"}";

        SocketRecord socket = Saved.Read(Encoding.ASCII.GetBytes(string.Join('\n', lines))).Before.Sockets.All[0];

        Assert.Equal((Protocol.TcpState.Listen, IpFamily.V6, 3u, true, null), (socket.Entry.State, socket.Entry.Family, socket.Memory!.Value.Drops, socket.IsPortNamed, socket.Process));
    }
}
