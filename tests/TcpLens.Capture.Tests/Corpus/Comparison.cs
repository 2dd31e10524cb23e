namespace TcpLens.Capture.Tests;

/// <summary>How far two tools agree, place by place, where either says anything.</summary>
internal sealed class Comparison
{
    public int Places { get; private set; }

    public int Equal { get; private set; }

    public double Share => Places == 0 ? 1 : (double)Equal / Places;

    public List<string> Differences { get; } = [];

    public void Add<T>(string place, T theirs, T? ours)
        where T : notnull
    {
        Places++;
        if (theirs.Equals(ours))
        {
            Equal++;
        }
        else
        {
            Differences.Add($"{place}: theirs {theirs}, ours {ours}");
        }
    }
}
