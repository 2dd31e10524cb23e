namespace TcpLens.Diagnosis;

/// <summary>Every condition the doctor looks for, in the order of the index of docs/conditions.</summary>
public static class ConditionCatalog
{
    public static IReadOnlyList<Condition> All { get; } =
    [
        // TIME_WAIT and ports

        // The closing side
        new CloseWaitLeak(),

        // The opening side
        new AcceptQueueOverflow(),

        // Liveness

        // Flow control and throughput

        // Loss, order, integrity

        // Resets, refusals, odd segments

        // Memory and local drops

        // Limits

        // Addresses and ports
    ];

    /// <summary>A condition by its id in any case; null when there is none.</summary>
    public static Condition? Find(string id) => All.FirstOrDefault(condition => condition.Info.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}
