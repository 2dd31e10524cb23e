namespace TcpLens.Observation.Filters;

/// <summary>Reads 22, ssh, 8000-8999, *, and lists of them.</summary>
internal sealed class PortReader(TokenReader reader, INameLookup names)
{
    public ValueList<PortRange>? List(FilterToken value)
    {
        List<PortRange> ranges = [];
        int start = 0;
        foreach (string item in value.Text.Split(','))
        {
            if (!TryItem(value.Part(start, item.Length), item, ranges))
            {
                return null;
            }

            start += item.Length + 1;
        }

        return new([.. ranges]);
    }

    /// <summary>The ports for which the comparison with <paramref name="port"/> holds; null when there is none.</summary>
    public static PortRange? Beyond(Comparison comparison, ushort port) => comparison switch
    {
        Comparison.Less => port == 0 ? null : new(0, (ushort)(port - 1)),
        Comparison.LessOrEqual => new(0, port),
        Comparison.Greater => port == ushort.MaxValue ? null : new((ushort)(port + 1), ushort.MaxValue),
        Comparison.GreaterOrEqual => new(port, ushort.MaxValue),
        _ => new(port, port),
    };

    private bool TryItem(FilterToken where, string item, List<PortRange> ranges)
    {
        if (item == "*")
        {
            ranges.Add(PortRange.All);
            return true;
        }

        int dash = item.IndexOf('-');
        if (ushort.TryParse(item, out ushort port))
        {
            ranges.Add(new(port, port));
            return true;
        }

        if (dash > 0 && ushort.TryParse(item.AsSpan(0, dash), out ushort low) && ushort.TryParse(item.AsSpan(dash + 1), out ushort high))
        {
            if (low > high)
            {
                reader.Fail<bool>(where, "a range goes from the lower port to the higher one", $"{high}-{low}");
                return false;
            }

            ranges.Add(new(low, high));
            return true;
        }

        return TryService(where, item, ranges);
    }

    private bool TryService(FilterToken where, string item, List<PortRange> ranges)
    {
        if (item.Length == 0)
        {
            return reader.Fail<bool>(where, "a port is missing; lists are written without blanks: 80,443");
        }

        if (FilterText.HasOnly(item, "-0123456789"))
        {
            return reader.Fail<bool>(where, $"“{item}” is no port: they go from 0 to 65535");
        }

        IReadOnlyList<ushort> ports = names.Ports(item);
        foreach (ushort port in ports)
        {
            ranges.Add(new(port, port));
        }

        return ports.Count > 0 || reader.Fail<bool>(where, $"no TCP service is called “{item}” here; a number works too");
    }
}
