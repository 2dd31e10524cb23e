namespace TcpLens.Stack;

/// <summary>
/// Something a program should know of: of a connection what <see cref="TcpConnection.TryTakeEvent"/> tells, of a listener
/// <see cref="ConnectionEvents.Readable"/> when there is something to accept. One of the two is null.
/// </summary>
public readonly record struct HostEvent(HostConnection? Connection, HostListener? Listener, ConnectionEvents Happened);
