using TcpLens.Cli.Rendering;
using TcpLens.Observation.Filters;

namespace TcpLens.Cli;

/// <summary>What of each socket is shown, and in which order.</summary>
internal sealed record ListLayout(IReadOnlyList<SocketColumn> Columns)
{
    public SocketColumn? Sort { get; init; }

    public bool SmallestFirst { get; init; }

    public int? Top { get; init; }

    public bool WithInfo { get; init; }

    public bool WithMemory { get; init; }

    public bool WithOwners { get; init; }

    public bool HasHeader { get; init; } = true;

    public SocketNames? Names { get; init; }

    public TerminalStyle Style { get; init; }

    /// <summary>What has to be known of a socket to show it so.</summary>
    public FilterNeeds Needs
    {
        get
        {
            FilterNeeds needs = Sort?.Needs ?? FilterNeeds.None;
            foreach (SocketColumn column in Columns)
            {
                needs |= column.Needs;
            }

            needs |= WithInfo ? FilterNeeds.TcpInfo | FilterNeeds.CongestionControl : FilterNeeds.None;
            needs |= WithMemory ? FilterNeeds.Memory : FilterNeeds.None;
            return needs | (WithOwners ? FilterNeeds.Owners : FilterNeeds.None);
        }
    }

    public Column[] Shapes
    {
        get
        {
            var shapes = new Column[Columns.Count];
            for (int i = 0; i < shapes.Length; i++)
            {
                shapes[i] = Columns[i].Shape;
            }

            return shapes;
        }
    }
}
