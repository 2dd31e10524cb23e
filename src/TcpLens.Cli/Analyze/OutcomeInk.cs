using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>How an outcome is lit: what went well is calm, what failed is not.</summary>
internal static class OutcomeInk
{
    public static Ink Of(ConnectionOutcome outcome) => outcome switch
    {
        ConnectionOutcome.Closed or ConnectionOutcome.Open => Ink.Green,
        ConnectionOutcome.Refused or ConnectionOutcome.Unanswered or ConnectionOutcome.ResetInHandshake or ConnectionOutcome.Stray => Ink.Red,
        ConnectionOutcome.ResetByOriginator or ConnectionOutcome.ResetByResponder or ConnectionOutcome.HalfOpen
            or ConnectionOutcome.Abandoned or ConnectionOutcome.OneSided => Ink.Yellow,
        _ => Ink.Normal,
    };
}
