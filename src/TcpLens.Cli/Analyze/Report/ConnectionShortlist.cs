using TcpLens.Capture;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>The connections that a report names one by one: those with most trouble, and the first.</summary>
internal sealed class ConnectionShortlist
{
    /// <summary>Of each of the two.</summary>
    public const int Most = 50;

    private readonly Largest<ConnectionRecord> _worst = new(Most);
    private readonly Largest<ConnectionRecord> _first = new(Most);

    /// <summary>Connections that had any trouble.</summary>
    public long Troubled => _worst.Offered;

    /// <summary>The worst first; only such as had any trouble.</summary>
    public IReadOnlyList<ConnectionRecord> Worst => _worst.Sorted();

    /// <summary>By number.</summary>
    public IReadOnlyList<ConnectionRecord> First => _first.Sorted();

    public void Add(ConnectionRecord record)
    {
        if (ConnectionTrouble.Of(record) is > 0 and var trouble)
        {
            _worst.Offer(record, trouble, record.Number);
        }

        _first.Offer(record, -record.Number, record.Number);
    }
}
