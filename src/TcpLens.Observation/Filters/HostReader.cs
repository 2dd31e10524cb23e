using System.Net;
using System.Net.Sockets;
using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>Reads ss's HOST: [FAMILY:]ADDRESS[/LENGTH][:PORT], where every part may be missing or *.</summary>
internal sealed class HostReader(TokenReader reader, INameLookup names)
{
    private static readonly string[] OtherFamilies = ["unix", "link", "netlink", "vsock", "tipc", "xdp", "packet"];

    /// <summary>The parts that are there, as tokens that still know where they stand.</summary>
    public readonly record struct Parts(IpFamily? Family, FilterToken? Address, FilterToken? Port);

    /// <summary>Null when the reader holds an error.</summary>
    public Parts? Split(FilterToken value)
    {
        (FilterToken rest, IpFamily? family) = SplitFamily(value);
        if (reader.Error is not null)
        {
            return null;
        }

        (FilterToken address, FilterToken? port) = SplitAtPort(rest);
        bool isAny = address.Text is "" or "*" || address.Is("any") || address.Is("all");
        if (isAny && family is { } only)
        {
            // "inet:*" means every address of the family.
            return new(only, address with { Text = only == IpFamily.V4 ? "0.0.0.0/0" : "::/0" }, port);
        }

        return new(family, isAny ? null : address, port is { Text: "*" } && !isAny ? null : port);
    }

    /// <summary>[FAMILY:][:]PORT</summary>
    public (FilterToken Port, IpFamily? Family) SplitPort(FilterToken value)
    {
        (FilterToken rest, IpFamily? family) = SplitFamily(value);
        return (rest.Text.StartsWith(':') ? Cut(rest, 1, rest.Text.Length - 1) : rest, family);
    }

    /// <summary>The networks an address, a prefix or a name stands for; null when the reader holds an error.</summary>
    public HostNetwork[]? Networks(FilterToken value, IpFamily? family)
    {
        string text = value.Text.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
        int slash = text.IndexOf('/');
        string address = slash < 0 ? text : text[..slash];
        string? length = slash < 0 ? null : text[(slash + 1)..];
        if (address.Contains(':'))
        {
            return family == IpFamily.V4
                ? reader.Fail<HostNetwork[]>(value, "this is an IPv6 address behind “inet:”", "inet6:" + value.Text)
                : V6(value, address, length);
        }

        return FilterText.HasOnly(address, "0123456789.")
            ? family == IpFamily.V6
                ? reader.Fail<HostNetwork[]>(value, "this is an IPv4 address behind “inet6:”", "inet:" + value.Text)
                : V4(value, address, length)
            : Named(value, address, length, family);
    }

    private static FilterToken Cut(FilterToken token, int start, int length)
        => token.IsVerbatim ? token.Part(start, length) : token with { Text = token.Text.Substring(start, length) };

    private (FilterToken Remainder, IpFamily? Family) SplitFamily(FilterToken value)
    {
        int colon = value.Text.IndexOf(':');
        string family = colon < 0 ? "" : value.Text[..colon].ToLowerInvariant();
        if (Array.IndexOf(OtherFamilies, family) >= 0)
        {
            reader.Fail<bool>(value, $"“{family}” sockets are not TCP: an address here is IPv4 (inet:) or IPv6 (inet6:)");
        }

        IpFamily? known = family switch { "inet" => IpFamily.V4, "inet6" => IpFamily.V6, _ => null };
        return (known is null ? value : Cut(value, colon + 1, value.Text.Length - colon - 1), known);
    }

    /// <summary>The port is behind the only colon, or behind the bracket: an IPv6 address without brackets has none.</summary>
    private static (FilterToken Address, FilterToken? Port) SplitAtPort(FilterToken value)
    {
        string text = value.Text;
        int bracket = text.LastIndexOf(']');
        int colon = text.IndexOf(':', bracket + 1);
        return colon < 0 || (bracket < 0 && text.LastIndexOf(':') != colon)
            ? (value, null)
            : (Cut(value, 0, colon), Cut(value, colon + 1, text.Length - colon - 1));
    }

    /// <summary>Four numbers, or fewer before a prefix length: 127/8 is 127.0.0.0/8.</summary>
    private HostNetwork[]? V4(FilterToken value, string address, string? length)
    {
        string[] parts = address.Split('.');
        uint bits = 0;
        foreach (string part in parts)
        {
            if (!byte.TryParse(part, out byte octet) || parts.Length > 4)
            {
                return reader.Fail<HostNetwork[]>(value, $"“{address}” is no IPv4 address", ushort.TryParse(address, out _) ? ":" + address : null);
            }

            bits = (bits << 8) | octet;
        }

        if (parts.Length < 4 && length is null)
        {
            return reader.Fail<HostNetwork[]>(value, "an IPv4 address has four numbers, a short one needs its prefix length", $"{address}/{8 * parts.Length}");
        }

        bits <<= 8 * (4 - parts.Length);
        return LengthOf(value, length, 32) is { } prefix ? [new(IpFamily.V4, HostAddress.V4(bits), prefix)] : null;
    }

    private HostNetwork[]? V6(FilterToken value, string address, string? length)
    {
        if (address.Contains('%'))
        {
            return reader.Fail<HostNetwork[]>(value, "an address has no zone here, the interface is a term of its own", $"{address[..address.IndexOf('%')]} dev {address[(address.IndexOf('%') + 1)..]}");
        }

        if (!IPAddress.TryParse(address, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return reader.Fail<HostNetwork[]>(value, $"“{address}” is no IPv6 address; before a port it stands in brackets: [::1]:22");
        }

        return LengthOf(value, length, 128) is { } prefix ? [new(IpFamily.V6, HostAddress.From(parsed), prefix)] : null;
    }

    private HostNetwork[]? Named(FilterToken value, string name, string? length, IpFamily? family)
    {
        List<HostNetwork> networks = [];
        foreach (HostAddress address in names.Addresses(name))
        {
            IpFamily its = address.IsV4Mapped ? IpFamily.V4 : IpFamily.V6;
            if (family is not null && family != its)
            {
                continue;
            }

            if (LengthOf(value, length, its == IpFamily.V4 ? 32 : 128) is not { } prefix)
            {
                return null;
            }

            networks.Add(new(its, address, prefix));
        }

        return networks.Count > 0 ? [.. networks] : reader.Fail<HostNetwork[]>(value, $"no address is known for “{name}”");
    }

    private int? LengthOf(FilterToken value, string? length, int longest)
        => length is null ? longest
            : byte.TryParse(length, out byte bits) && bits <= longest ? bits
            : reader.Fail<int?>(value, $"a prefix length goes from 0 to {longest} here");
}
