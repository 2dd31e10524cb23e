using System.Globalization;

namespace TcpLens.Lab;

/// <summary>What has happened, for the report of a failure: the last lines of it, or all.</summary>
internal sealed class ScriptTrace(bool keepsAll)
{
    private const int Kept = 12;
    private const int Most = 100_000;

    private readonly int _limit = keepsAll ? Most : Kept;
    private readonly Queue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public void Add(TimeSpan time, string line)
    {
        _lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.000000} {line}"));
        if (_lines.Count > _limit)
        {
            _lines.Dequeue();
        }
    }
}
