namespace TcpLens.Stack.Tests;

public sealed class LossyPathTests
{
    public static TheoryData<string, TcpSettings, bool> Methods => new()
    {
        { "RACK", TcpSettings.Default, true },
        { "RACK, paced", TcpSettings.Default with { Pacing = true }, true },
        { "SACK by numbers", TcpSettings.Default with { Rack = false }, true },
        { "without SACK", TcpSettings.Default, false },
        { "NewReno", TcpSettings.Default with { Congestion = CongestionAlgorithm.NewReno }, true },
        { "NewReno without SACK", TcpSettings.Default with { Congestion = CongestionAlgorithm.NewReno }, false },
    };

    [Theory]
    [MemberData(nameof(Methods))]
    public void Whatever_the_weather_everything_arrives(string method, TcpSettings settings, bool hasSack)
    {
        var random = new Random(method.Length);
        for (int seed = 0; seed < 150; seed++)
        {
            var counters = new TcpCounters();
            var path = new LossyPath(new(settings, counters), hasSack, random.Next(2) == 0, seed)
            {
                Loss = random.Next(4) * 0.07,
                Repeated = random.Next(3) * 0.02,
                Jitter = random.Next(3) * 10,
                Burst = random.Next(2) == 0 ? 1000 : 16_000,
            };
            path.Run(200_000);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_path_that_loses_nothing_is_sent_nothing_twice(string method, TcpSettings settings, bool hasSack)
    {
        var counters = new TcpCounters();
        var path = new LossyPath(new(settings, counters), hasSack, true, method.Length) { Burst = 16_000 };
        path.Run(2_000_000);
        Assert.Equal((2000, 0), (path.Sent, counters[TcpCounter.RetransSegs]));
    }
}
