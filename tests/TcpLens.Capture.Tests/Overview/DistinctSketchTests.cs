namespace TcpLens.Capture.Tests;

public sealed class DistinctSketchTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(1000)]
    [InlineData(3000)]
    public void The_estimate_is_within_a_tenth_up_to_three_thousand(int distinct)
    {
        var sketch = default(DistinctSketch);
        for (int again = 0; again < 3; again++)
        {
            for (ulong value = 0; value < (ulong)distinct; value++)
            {
                sketch.Add(value);
            }
        }

        Assert.InRange(sketch.Estimate(), distinct - (distinct / 10), distinct + (distinct / 10));
    }

    [Fact]
    public void Very_many_are_said_to_be_very_many()
    {
        var sketch = default(DistinctSketch);
        for (ulong value = 0; value < 1_000_000; value++)
        {
            sketch.Add(value);
        }

        Assert.InRange(sketch.Estimate(), 15_000, 16_000);
    }
}
