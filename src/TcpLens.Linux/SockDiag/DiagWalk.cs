using System.Buffers;
using TcpLens.Linux.Interop;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// A walk by sock_diag dump: one request for both families, or, where the kernel does not know that one, one for each.
/// The kernel fills at most 32 KiB a datagram, so 64 KiB of buffer are enough for any number of sockets.
/// </summary>
public sealed class DiagWalk : SocketWalk
{
    private const int BufferLength = 64 * 1024;
    private readonly INetlink _netlink;
    private readonly SocketQuery _query;
    private readonly Queue<byte[]> _requests = new();
    private readonly DetailScratch? _scratch;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
    private int _start;
    private int _end;
    private bool _answering;
    private bool _legacy;

    public DiagWalk(INetlink netlink, SocketQuery query)
    {
        _netlink = netlink;
        _query = query;
        _scratch = query.Details == SocketDetails.None ? null : new DetailScratch();
        _legacy = query.Transport == Transport.Tcp;
        if (_legacy)
        {
            _requests.Enqueue(DiagRequest.DumpBothFamilies(query));
        }
        else
        {
            AskFamilies();
        }
    }

    public override SocketDetail? Detail => _scratch?.Detail;

    /// <summary>True when the kernel said that the table changed too much for the walk to be complete.</summary>
    public bool WasInterrupted { get; private set; }

    /// <summary>True when every question was answered to its end.</summary>
    public bool IsComplete => !_answering && _requests.Count == 0;

    /// <summary>Messages that were no socket this reader knows.</summary>
    public int Unreadable { get; private set; }

    public override bool Read(out SocketEntry entry)
    {
        while (true)
        {
            var reader = new NetlinkReader(_buffer.AsSpan(_start, _end - _start));
            while (reader.MoveNext())
            {
                _start = _end - reader.Remaining;
                if (Take(reader.Current, out entry))
                {
                    return true;
                }
            }

            if (!Refill())
            {
                entry = default;
                return false;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        base.Dispose(disposing);
    }

    private bool Take(NetlinkMessage message, out SocketEntry entry)
    {
        entry = default;
        WasInterrupted |= message.IsInterrupted;
        switch (message.Type)
        {
            case DiagRequest.SockDiagByFamily or DiagRequest.TcpDiagGetSock:
                if (DiagEntryReader.TryRead(message.Payload, _query.Transport, _netlink.NamespaceInode, _scratch, out entry))
                {
                    return true;
                }

                Unreadable++;
                return false;
            case NetlinkMessage.TypeDone:
                _answering = false;
                ThrowIfFailed(message.Errno);
                return false;
            case NetlinkMessage.TypeError:
                _answering = false;
                FallBackOrThrow(message.Errno);
                return false;
            default:
                Unreadable++;
                return false;
        }
    }

    /// <summary>Gets the next datagram, asking the next question first when the last one is answered.</summary>
    private bool Refill()
    {
        Unreadable += _start < _end ? 1 : 0;
        _start = _end = 0;
        if (!_answering)
        {
            if (!_requests.TryDequeue(out byte[]? request))
            {
                return false;
            }

            _netlink.Send(request);
            _answering = true;
        }

        int length = _netlink.Receive(_buffer.AsSpan(0, BufferLength));
        if (length > BufferLength)
        {
            throw new SystemCallException(
                $"read the kernel's answer (sock_diag): a datagram of {length} octets does not fit {BufferLength}", Libc.ENOBUFS);
        }

        _end = length;
        return length > 0;
    }

    /// <summary>A kernel without the legacy request (or without a family) says EINVAL or ENOENT: ask family by family.</summary>
    private void FallBackOrThrow(int errno)
    {
        if (_legacy && errno is Libc.EINVAL or Libc.ENOENT)
        {
            _legacy = false;
            AskFamilies();
        }
        else if (errno != Libc.ENOENT)
        {
            ThrowIfFailed(errno);
        }
    }

    private void AskFamilies()
    {
        _requests.Enqueue(DiagRequest.DumpFamily(_query, IpFamily.V4));
        _requests.Enqueue(DiagRequest.DumpFamily(_query, IpFamily.V6));
    }

    private static void ThrowIfFailed(int errno)
    {
        if (errno != 0)
        {
            throw new SystemCallException("list the sockets (sock_diag dump)", errno);
        }
    }
}
