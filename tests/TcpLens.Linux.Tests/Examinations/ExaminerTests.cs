using System.Net;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Examinations;

public sealed class ExaminerTests
{
    [RootFact]
    public void Two_samples_show_what_moved_between_them_and_whose_it_is()
    {
        using TestNamespace ns = new();
        using Puppet server = new(ns), client = new(ns);
        IPEndPoint at = server.Listen("l", new IPEndPoint(IPAddress.Loopback, 0));
        using LiveMachine machine = new([Place.Of(ns)]);
        Examiner examiner = new(machine, TimeProvider.System, step =>
        {
            if (step.StartsWith("taking the second", StringComparison.Ordinal))
            {
                client.Connect("c", at);   // At the last moment: nobody has looked for its owner yet.
            }
        });

        Examination seen = examiner.Examine(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);

        Assert.Equal(1, CounterSet.Difference(seen.Now.Counters, seen.Before.Counters, seen.Elapsed)["Tcp.ActiveOpens"]);
        Assert.True(seen.Elapsed >= TimeSpan.FromMilliseconds(300));
        Assert.Equal(1, seen.Before.Sockets.Count);
        SocketRecord connection = Assert.Single(seen.Now.Sockets.All.ToArray(), static socket => socket.Entry is { State: TcpState.Established, Inode: not 0 });
        Assert.Equal(client.Pid, connection.Process?.Pid);
        Assert.NotNull(connection.Vitals);
        Assert.NotNull(connection.CongestionControl);
        Assert.Equal(((int[])[server.Pid, client.Pid]).Order(), seen.Processes.Select(static process => process.Process.Pid).Order());
        Assert.Contains(seen.Interfaces, static link => link.IsLoopback);
        Assert.Empty(seen.BlindSpots);
    }

    [RootFact]
    public void A_cancellation_cuts_the_waiting_short_and_not_the_answer()
    {
        using TestNamespace ns = new();
        using LiveMachine machine = new([Place.Of(ns)]);
        using CancellationTokenSource interruption = new();
        Examiner examiner = new(machine, TimeProvider.System, step =>
        {
            if (step.StartsWith("watching", StringComparison.Ordinal))
            {
                interruption.Cancel();
            }
        });

        Examination seen = examiner.Examine(TimeSpan.FromHours(1), interruption.Token);

        Assert.True(seen.Elapsed < TimeSpan.FromHours(1));
        Assert.NotNull(seen.Now.Counters["Tcp.ActiveOpens"]);
    }
}
