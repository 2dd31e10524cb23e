using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>Reads the interfaces of a namespace with their addresses: two questions over rtnetlink.</summary>
internal static class InterfaceReader
{
    /// <summary>Interfaces and addresses taken; a host of many containers has hundreds.</summary>
    public const int Most = 16_384;

    private const int BufferLength = 64 * 1024;
    private const ushort FlagsDump = 0x301;   // NLM_F_REQUEST | NLM_F_DUMP

    /// <summary>Those of the calling thread's namespace, by index.</summary>
    /// <exception cref="SystemCallException">The kernel was not to be asked, or refused.</exception>
    public static IReadOnlyList<InterfaceFacts> Read()
    {
        using RouteSocket netlink = RouteSocket.Open();
        return Read(netlink);
    }

    public static IReadOnlyList<InterfaceFacts> Read(INetlink netlink)
    {
        SortedDictionary<uint, InterfaceFacts> links = [];
        Dictionary<uint, List<HostAddress>> addresses = [];
        int count = 0;
        Ask(netlink, LinkMessage.GetLink, message =>
        {
            if (message.Type == LinkMessage.NewLink && LinkMessage.Link(message.Payload) is { } link && links.Count < Most)
            {
                links[link.Index] = link;
            }
        });
        Ask(netlink, LinkMessage.GetAddress, message =>
        {
            if (message.Type == LinkMessage.NewAddress && LinkMessage.Address(message.Payload) is { } found && count++ < Most)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(addresses, found.Index, out _) ??= []).Add(found.Address);
            }
        });
        return [.. links.Values.Select(link => link with { Addresses = addresses.GetValueOrDefault(link.Index) ?? [] })];
    }

    private static void Ask(INetlink netlink, ushort type, Take take)
    {
        Span<byte> request = stackalloc byte[NetlinkReader.HeaderLength + 4];   // struct rtgenmsg, family 0: both.
        request.Clear();
        MemoryMarshal.Write(request, request.Length);
        MemoryMarshal.Write(request[4..], type);
        MemoryMarshal.Write(request[6..], FlagsDump);
        netlink.Send(request);
        byte[] buffer = new byte[BufferLength];
        while (netlink.Receive(buffer) is > 0 and var length)
        {
            var reader = new NetlinkReader(buffer.AsSpan(0, Math.Min(length, buffer.Length)));
            while (reader.MoveNext())
            {
                if (reader.Current.Type is NetlinkMessage.TypeDone or NetlinkMessage.TypeError)
                {
                    ThrowIfFailed(reader.Current.Errno);
                    return;
                }

                take(reader.Current);
            }
        }
    }

    private static void ThrowIfFailed(int errno)
    {
        if (errno != 0)
        {
            throw new SystemCallException("list the interfaces (rtnetlink dump)", errno);
        }
    }

    private delegate void Take(NetlinkMessage message);
}
