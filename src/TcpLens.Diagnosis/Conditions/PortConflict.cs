namespace TcpLens.Diagnosis;

/// <summary>
/// bind() fails with EADDRINUSE. A failed bind() leaves no trace, neither a socket nor a counter, so that there is nothing to find while
/// watching a machine: who has the trouble names the port, and <see cref="PortInquiry"/> answers (tcplens doctor port N).
/// </summary>
internal sealed class PortConflict : Condition
{
    public override ConditionInfo Info { get; } = new(
        "port-conflict",
        "A port cannot be bound",
        "the service cannot start: EADDRINUSE or EACCES")
    {
        ExplainedBy = ["ephemeral-listener-overlap"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        // On demand only.
    }
}
