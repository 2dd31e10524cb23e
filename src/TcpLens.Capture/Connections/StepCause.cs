namespace TcpLens.Capture;

/// <summary>Why a step was taken: what must be known to prove it later, or to take it back.</summary>
internal enum StepCause : byte
{
    /// <summary>The end's own segment.</summary>
    Own,

    /// <summary>It was told that its SYN arrived, and nothing will acknowledge that.</summary>
    AckOfSyn,

    /// <summary>It was told that its FIN arrived, and nothing will acknowledge that.</summary>
    AckOfFin,

    /// <summary>It was told RST.</summary>
    Reset,

    /// <summary>Its beginning was not captured: the state is the likeliest one.</summary>
    Midstream,
}
