using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>A socket about to be shown: the entry, and whoever can tell more about it.</summary>
internal readonly ref struct ShownSocket(ref readonly SocketEntry entry, SocketDetail? detail, ISocketContext context, SocketNames? names)
{
    private readonly ref readonly SocketEntry _entry = ref entry;

    public ref readonly SocketEntry Entry => ref _entry;

    public ISocketContext Context { get; } = context;

    /// <summary>Host and service names; null when numbers are wanted.</summary>
    public SocketNames? Names { get; } = names;

    public SocketDetail? Detail { get; } = detail;
}
