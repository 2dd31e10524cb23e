namespace TcpLens.Diagnosis;

/// <summary>When a change of a setting is felt, in the words that many pages share.</summary>
internal static class Effect
{
    public const string NewConnections = "for connections made from now on";
    public const string NewSockets = "for sockets made from now on";
    public const string AtListen = "when a program calls listen(): a listener keeps its limit until the program listens again, which mostly means a restart";
    public const string NextTimer = "at once, when a socket next sets the timer";
}
