using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>A connection that is named because of a number: which one, and the number.</summary>
public readonly record struct NotedConnection(long Number, Endpoint Originator, Endpoint Responder, Instant FirstSeen, long Count)
{
    public static NotedConnection Of(ConnectionRecord record, long count) => new(record.Number, record.Originator, record.Responder, record.FirstSeen, count);
}
