using System.Globalization;
using Xunit.Sdk;

namespace TcpLens.Capture.Tests;

/// <summary>How far two tools agree, place by place, where either says anything.</summary>
internal sealed class Comparison(string name)
{
    private const int Shown = 40;

    private readonly List<string> _differences = [];
    private int _places;

    public void Add<T>(string place, T theirs, T? ours)
        where T : notnull
    {
        _places++;
        if (!theirs.Equals(ours))
        {
            _differences.Add($"{place}: theirs {theirs}, ours {ours}");
        }
    }

    /// <summary>Fails, and names the differences, when fewer than this share of the places agree, or when there are none.</summary>
    public void Hold(double share)
    {
        double agreement = _places == 0 ? 0 : 1 - ((double)_differences.Count / _places);
        string figure = string.Create(
            CultureInfo.InvariantCulture, $"{name}: {_places - _differences.Count} of {_places} agree, {agreement * 100:F2} %");
        TestContext.Current.TestOutputHelper?.WriteLine(figure);
        if (agreement < share)
        {
            string bar = (share * 100).ToString("F1", CultureInfo.InvariantCulture);
            throw new XunitException($"{figure}, of which {bar} % were reached before\n{string.Join('\n', _differences.Take(Shown))}");
        }
    }
}
