using TcpLens.Capture;
using TcpLens.Linux;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>A packet filter in tcpdump's language for the packets of files, compiled for each link type that comes.</summary>
internal sealed class PacketSieve : IDisposable
{
    private readonly string _text;
    private readonly Dictionary<LinkType, PacketFilter> _filters = [];
    private LinkType _latest;
    private PacketFilter? _filter;

    /// <exception cref="UsageException">It makes no sense on any link.</exception>
    /// <exception cref="IOException">There is no libpcap.</exception>
    public PacketSieve(string text)
    {
        _text = text;
        try
        {
            _ = FilterFor(LinkType.Ethernet);
        }
        catch (UsageException)
        {
            _ = FilterFor(LinkType.Raw);   // Some words are for other links than Ethernet alone.
        }
    }

    public bool Accepts(in PacketStamp stamp, ReadOnlySpan<byte> captured)
    {
        if (_filter is null || stamp.LinkType != _latest)
        {
            (_latest, _filter) = (stamp.LinkType, FilterFor(stamp.LinkType));
        }

        return _filter.Matches(captured, (int)Math.Min(stamp.Length, int.MaxValue));
    }

    public void Dispose()
    {
        foreach (PacketFilter filter in _filters.Values)
        {
            filter.Dispose();
        }
    }

    private PacketFilter FilterFor(LinkType link)
    {
        if (!_filters.TryGetValue(link, out PacketFilter? filter))
        {
            try
            {
                _filters.Add(link, filter = PacketFilter.Compile(_text, (int)link));
            }
            catch (FilterSyntaxException failure)
            {
                throw FilterAdvice.Of(failure);
            }
        }

        return filter;
    }
}
