using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Connections that a program opens: from where, by which port, with which first number.</summary>
internal sealed class ActiveOpens
{
    private readonly TcpHostSettings _settings;
    private readonly ConnectionRegistry _registry;
    private readonly HostSecrets _secrets;
    private readonly HostAddresses _addresses;
    private readonly ListenerTable _listeners;
    private readonly PortChooser _ports;
    private readonly Func<FourTuple, bool> _isTaken;

    public ActiveOpens(TcpHostSettings settings, ConnectionRegistry registry, HostSecrets secrets, HostAddresses addresses, ListenerTable listeners)
    {
        (_settings, _registry, _secrets, _addresses, _listeners) = (settings, registry, secrets, addresses, listeners);
        _ports = new(secrets.Ports, settings.FirstPort, settings.LastPort);
        _isTaken = IsTaken;
    }

    public HostError TryConnect(Endpoint remote, in ConnectOptions options, Instant now, out HostConnection? connection)
    {
        connection = null;
        if (Check(remote, options.Local, out Endpoint local) is var refused and not HostError.None)
        {
            return refused;
        }

        var tuple = new FourTuple(local, remote);
        if (local.Port == 0)
        {
            tuple = tuple with { Local = new(local.Address, _ports.Choose(tuple, _isTaken)) };
            if (tuple.Local.Port == 0)
            {
                return HostError.AddressNotAvailable;
            }
        }
        else if (IsConnected(tuple))
        {
            return HostError.AddressInUse;
        }

        connection = _registry.Add(tuple, options.Settings ?? _settings.Tcp, _secrets.InitialSequence(tuple, now), listener: null, now);
        connection.Core.Connect(now);
        _registry.Touch(connection);
        return HostError.None;
    }

    /// <summary>A port to listen on, for a program that does not care which; 0 when all are taken.</summary>
    public ushort ChooseListeningPort(HostAddress local)
        => _ports.Choose(new(new(local, 0), default), tuple => _listeners.Find(tuple.Local) is not null);

    private HostError Check(Endpoint remote, Endpoint? wanted, out Endpoint local)
    {
        local = default;
        if (remote.Port == 0 || !HostAddresses.IsUnicast(remote.Address) || _addresses.Contains(remote.Address))
        {
            return HostError.InvalidRemote;
        }

        if (_addresses.SourceFor(remote.Address) is not { } source)
        {
            return HostError.FamilyNotSupported;
        }

        local = wanted is null ? new(source, 0) : wanted.Value.Address.IsUnspecified ? new(source, wanted.Value.Port) : wanted.Value;
        return local.Address.IsV4Mapped != remote.Address.IsV4Mapped ? HostError.FamilyNotSupported
            : !_addresses.Contains(local.Address) ? HostError.AddressNotAvailable
            : _registry.IsFull ? HostError.TooManyConnections
            : HostError.None;
    }

    private bool IsTaken(FourTuple tuple) => _listeners.Find(tuple.Local) is not null || IsConnected(tuple);

    private bool IsConnected(in FourTuple tuple)
        => _registry.Table.Find(tuple) is not null || _registry.TimeWaits.Find(tuple) != TimeWaitRecord.None;
}
