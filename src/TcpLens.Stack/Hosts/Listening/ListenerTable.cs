using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Listeners by where they listen: at one address, at all of IPv4 (0.0.0.0), or at all there are (::).</summary>
internal sealed class ListenerTable
{
    private readonly Dictionary<Endpoint, HostListener> _listeners = [];

    public Dictionary<Endpoint, HostListener>.ValueCollection All => _listeners.Values;

    /// <summary>The most particular one.</summary>
    public HostListener? Find(Endpoint local)
    {
        if (_listeners.TryGetValue(local, out HostListener? listener))
        {
            return listener;
        }

        if (local.Address.IsV4Mapped && _listeners.TryGetValue(new(HostAddress.AnyV4, local.Port), out listener))
        {
            return listener;
        }

        return _listeners.GetValueOrDefault(new(HostAddress.AnyV6, local.Port));
    }

    /// <summary>False when somebody listens exactly there.</summary>
    public bool TryAdd(HostListener listener) => _listeners.TryAdd(listener.Local, listener);

    public void Remove(HostListener listener)
    {
        if (_listeners.GetValueOrDefault(listener.Local) == listener)
        {
            _listeners.Remove(listener.Local);
        }
    }
}
