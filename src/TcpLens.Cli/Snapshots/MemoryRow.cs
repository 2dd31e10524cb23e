using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>A socket's memory as a row of numbers, with the keys of tcplens.list/1.</summary>
internal static class MemoryRow
{
    public static NumberRow Make() => new(
        "receive_allocated_bytes", "receive_buffer_bytes", "send_allocated_bytes", "send_buffer_bytes", "forward_allocated_bytes",
        "send_queued_bytes", "option_bytes", "backlog_bytes", "drops");

    public static void Put(NumberRow row, in SocketMemory memory)
    {
        row.Put(memory.ReceiveAllocated);
        row.Put(memory.ReceiveBuffer);
        row.Put(memory.SendAllocated);
        row.Put(memory.SendBuffer);
        row.Put(memory.ForwardAllocated);
        row.Put(memory.SendQueued);
        row.Put(memory.OptionMemory);
        row.Put(memory.Backlog);
        row.Put(memory.Drops);
    }

    public static SocketMemory Take(NumberRow row) => new()
    {
        ReceiveAllocated = row.Take32(),
        ReceiveBuffer = row.Take32(),
        SendAllocated = row.Take32(),
        SendBuffer = row.Take32(),
        ForwardAllocated = row.Take32(),
        SendQueued = row.Take32(),
        OptionMemory = row.Take32(),
        Backlog = row.Take32(),
        Drops = row.Take32(),
    };
}
