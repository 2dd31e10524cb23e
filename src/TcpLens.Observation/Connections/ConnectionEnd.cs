namespace TcpLens.Observation;

/// <summary>The two ends of a connection, by who opened it; where nobody saw that, by the likelier guess.</summary>
public enum ConnectionEnd : byte
{
    Originator,
    Responder,
}

public static class ConnectionEnds
{
    extension(ConnectionEnd end)
    {
        public ConnectionEnd Other => end ^ ConnectionEnd.Responder;
    }
}
