using TcpLens.Cli.Rendering;

namespace TcpLens.Cli;

/// <summary>Names of network namespaces, made safe once; the bare number for one without a name.</summary>
internal sealed class PlaceText(TraceOwners owners)
{
    /// <summary>Octets of a name that are shown.</summary>
    public const int MaxLength = 64;

    private const int PlacesMax = 4096;

    private readonly Dictionary<uint, (byte[] Text, int Cells)> _known = [];

    public void Write(ref TraceLine line, uint inode)
    {
        if (!_known.TryGetValue(inode, out (byte[] Text, int Cells) name))
        {
            name = Name(inode);
            if (_known.Count < PlacesMax)
            {
                _known.Add(inode, name);
            }
        }

        line.Word(name.Text, name.Cells);
    }

    private (byte[] Text, int Cells) Name(uint inode)
    {
        var text = new MemoryWriter();
        if (owners.NamespaceName(inode) is { } name)
        {
            text.WriteText(name);
        }
        else
        {
            text.WriteNumber(inode);
        }

        ReadOnlySpan<byte> shown = CellWidth.Cut(text.Written, MaxLength / 4, out int cells);
        return (shown.ToArray(), cells);
    }
}
