using TcpLens.Protocol;

namespace TcpLens.Simulation.Tests;

/// <summary>Every state that a connection of a host can have is met at both ends. (LISTEN is the listener's.)</summary>
public sealed class StatesTests
{
    private static readonly TcpState[] States = [.. Enum.GetValues<TcpState>().Where(static state => state is not TcpState.Listen && (int)state != 0)];

    [Fact]
    public void Both_ends_go_through_every_state()
    {
        var near = new HashSet<TcpState>();
        var far = new HashSet<TcpState>();
        ProgramPlan first = Pair.Sends(1) with { Hesitation = TimeSpan.FromSeconds(1) };
        ProgramPlan second = Pair.Waits(1) with { Hesitation = TimeSpan.FromSeconds(1) };
        Watch(new Pair(weather: Slow, client: first, server: second).Open(), near, far);
        Watch(new Pair(weather: Slow, client: second, server: first).Open(), near, far);
        Watch(new Pair(weather: Slow, client: first, server: first).OpenAtOnce(), near, far);

        Assert.Equal(States.Order(), near.Order());
        Assert.Equal(States.Order(), far.Order());
    }

    [Fact]
    public void Two_that_open_at_once_are_one_connection()
    {
        Pair pair = new Pair(weather: Slow, client: Pair.Sends(100_000), server: Pair.Sends(70_000)).OpenAtOnce().RunToEnd();

        Assert.True(pair.IsComplete);
        Assert.Equal((1, 1), (pair.Near.Host.Counters[Stack.TcpCounter.ActiveOpens], pair.Far.Host.Counters[Stack.TcpCounter.ActiveOpens]));
    }

    private static Weather Slow => new() { Delay = TimeSpan.FromMilliseconds(50) };

    private static void Watch(Pair pair, HashSet<TcpState> near, HashSet<TcpState> far)
    {
        near.Add(pair.NearConnection.State);
        Assert.True(pair.World.RunUntil(
            () =>
            {
                near.Add(pair.NearConnection.State);
                if (pair.Server.IsConnected || pair.Far.Host.Counters[Stack.TcpCounter.ActiveOpens] > 0)
                {
                    far.Add(pair.FarConnection.State);
                }

                return pair.Client.IsDone && pair.Server.IsDone;
            },
            TimeSpan.FromHours(1)));
    }
}
