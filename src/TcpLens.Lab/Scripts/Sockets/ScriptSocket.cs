using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>A descriptor of a script: what a kernel would keep of a socket beside its connection.</summary>
internal sealed class ScriptSocket(ConnectionOptions options)
{
    private ConnectionOptions _options = options;

    public Endpoint? Bound { get; set; }

    public HostListener? Listener { get; set; }

    public HostConnection? Connection { get; private set; }

    public int Backlog { get; set; }

    public bool IsNonBlocking { get; set; }

    public bool IsReceiveShut { get; set; }

    public bool IsSendShut { get; set; }

    /// <summary>SO_ERROR was read, or a call failed by it.</summary>
    public bool IsErrorTaken { get; set; }

    /// <summary>connect() has told how it went.</summary>
    public bool IsConnectTold { get; set; }

    /// <summary>As set; null: the host's default.</summary>
    public int? SendBuffer { get; set; }

    public int? ReceiveBuffer { get; set; }

    /// <summary>Null: close() does not linger.</summary>
    public int? Linger { get; set; }

    public int? SynRetries { get; set; }

    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>recvmsg() tells what is left (TCP_INQ).</summary>
    public bool TellsQueue { get; set; }

    /// <summary>MSG_MORE was given with the last send.</summary>
    public bool HasMore { get; set; }

    /// <summary>Grows whenever something happened that edge-triggered polling would tell.</summary>
    public int Edges { get; set; }

    public ConnectionOptions Options
    {
        get => _options;
        set
        {
            _options = value;
            Apply();
        }
    }

    public TcpState State => Listener is not null ? TcpState.Listen : Connection?.State ?? TcpState.Closed;

    public void Attach(HostConnection connection, bool appliesOptions = true)
    {
        Connection = connection;
        if (appliesOptions)
        {
            Apply();
        }
    }

    /// <summary>The options as they are now, with what lasts only for one send or for the handshake.</summary>
    public void Apply()
    {
        if (Connection is { } connection)
        {
            connection.Options = _options with { Cork = _options.Cork || HasMore };
        }
    }
}
