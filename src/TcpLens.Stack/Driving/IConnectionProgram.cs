using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// A program that lives on the driver's thread: it is called when something happened to a connection, and answers by calling the
/// connection. Nothing is handed from thread to thread, so this is the way with the shortest round trip. While it runs nothing else
/// does: it must not wait.
/// </summary>
public interface IConnectionProgram
{
    /// <summary>Something happened; what it was can have been followed by more, so the connection's properties are what counts.</summary>
    void Hear(HostConnection connection, ConnectionEvents happened, Instant now);
}

/// <summary>Whose <see cref="HostListener.Tag"/> this is hears when there is something to accept.</summary>
internal interface IListenerProgram
{
    void Hear(HostListener listener, Instant now);
}

/// <summary>What somebody may wait for that the driver has to bring.</summary>
internal interface IDriven
{
    /// <summary>The driver ends and brings nothing more: whoever waits is to be told.</summary>
    void OnEnd(Instant now);
}
