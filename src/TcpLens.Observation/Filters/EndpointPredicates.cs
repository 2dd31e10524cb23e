using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>The terms about addresses, ports and the family of both.</summary>
internal sealed class EndpointPredicates(TokenReader reader, INameLookup names)
{
    private readonly HostReader _hosts = new(reader, names);
    private readonly PortReader _ports = new(reader, names);

    /// <summary>Whether a term that begins with this word is one of these.</summary>
    public static bool Begin(string word) => word is "src" or "dst" or "addr" or "host" or "sport" or "dport" or "port" or "family";

    public FilterExpression? Parse(FilterToken keyword) => keyword.Text.ToLowerInvariant() switch
    {
        "src" => Host(keyword, Side.Local),
        "dst" => Host(keyword, Side.Remote),
        "addr" or "host" => Host(keyword, Side.Either),
        "sport" => Port(keyword, Side.Local),
        "dport" => Port(keyword, Side.Remote),
        "port" => Port(keyword, Side.Either),
        _ => reader.TakeEqual(keyword, "v4 or v6", Family),
    };

    /// <summary>What a bare number or address was probably meant to be; null when it is neither.</summary>
    public static string? Guess(string word)
    {
        string number = word.TrimStart(':');
        return ushort.TryParse(number, out _) ? $"port {number}"
            : FilterText.HasOnly(word, "0123456789abcdefABCDEF.:[]/") && word.AsSpan().IndexOfAny('.', ':') >= 0 ? $"addr {word}"
            : null;
    }

    /// <summary>src, dst, addr: HOST is an address, a prefix, a name or nothing, with or without a port.</summary>
    private FilterExpression? Host(FilterToken keyword, Side side)
    {
        FilterToken sign = reader.Current;
        Comparison comparison = reader.TakeComparison();
        if (comparison is not (Comparison.Equal or Comparison.NotEqual))
        {
            return reader.Fail<FilterExpression>(sign, $"“{keyword.Text}” is equal (=) or not (!=); ports have an order", keyword.Is("dst") ? "dport" : "sport");
        }

        if (reader.TakeValue(keyword, "an address") is not { } value || _hosts.Split(value) is not { } host)
        {
            return null;
        }

        HostNetwork[] networks = [];
        if (host.Address is { } address && _hosts.Networks(address, host.Family) is { } read)
        {
            networks = read;
        }

        ValueList<PortRange>? ports = host.Port is { } port ? _ports.List(port) : null;
        if (reader.Error is not null)
        {
            return null;
        }

        // "Either side" with an address and a port means both on the same side.
        FilterExpression test = side == Side.Either && networks.Length > 0 && ports is not null
            ? Several.Any(Endpoint(Side.Local, networks, ports), Endpoint(Side.Remote, networks, ports))
            : Endpoint(side, networks, ports);
        return comparison == Comparison.NotEqual ? new Negated(test) : test;
    }

    /// <summary>sport, dport, port: a number, a service, a list or a range, or a comparison with one port.</summary>
    private FilterExpression? Port(FilterToken keyword, Side side)
    {
        Comparison comparison = reader.TakeComparison();
        if (reader.TakeValue(keyword, "a port") is not { } value)
        {
            return null;
        }

        (FilterToken port, IpFamily? family) = _hosts.SplitPort(value);
        if (reader.Error is not null || _ports.List(port) is not { } ports)
        {
            return null;
        }

        if (comparison is not (Comparison.Equal or Comparison.NotEqual))
        {
            if (ports.Count != 1 || ports[0].First != ports[0].Last)
            {
                return reader.Fail<FilterExpression>(port, "one port can be compared, a list or range is equal or not");
            }

            if (PortReader.Beyond(comparison, ports[0].First) is not { } beyond)
            {
                return reader.Fail<FilterExpression>(port, "ports go from 0 to 65535: none is beyond that");
            }

            ports = new(beyond);
        }

        FilterExpression test = new PortTest(side, ports);
        if (family is { } one)
        {
            test = Several.All(new FamilyTest(one), test);
        }

        return comparison == Comparison.NotEqual ? new Negated(test) : test;
    }

    private FamilyTest? Family(FilterToken value) => value.Text.ToLowerInvariant() switch
    {
        "v4" or "4" or "ipv4" or "inet" or "ip" => new(IpFamily.V4),
        "v6" or "6" or "ipv6" or "inet6" or "ip6" => new(IpFamily.V6),
        _ => reader.Fail<FamilyTest>(value, $"“{value.Text}” is no family: v4 or v6", "v4"),
    };

    /// <summary>One of the networks and one of the ports; with neither, any endpoint.</summary>
    private static FilterExpression Endpoint(Side side, HostNetwork[] networks, ValueList<PortRange>? ports)
    {
        if (networks.Length == 0)
        {
            return new PortTest(side, ports ?? new(PortRange.All));
        }

        FilterExpression hosts = Several.Any(Array.ConvertAll(networks, FilterExpression (network) => new HostTest(side, network)));
        return ports is null ? hosts : Several.All(hosts, new PortTest(side, ports));
    }
}
