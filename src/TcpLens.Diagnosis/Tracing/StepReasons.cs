using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>What is out of the ordinary in a change to any state but CLOSED: the pair itself says it, so it is looked up.</summary>
internal static class StepReasons
{
    private const int States = (int)TcpState.Closing + 1;
    private const string NotInTable = "not in the transition table";

    private static readonly string?[] Texts = Index();

    public static string? Of(in TraceRecord record)
    {
        if ((uint)record.From >= States || (uint)record.To >= States)
        {
            return NotInTable;
        }

        bool isCrossed = record is { From: TcpState.SynSent, To: TcpState.SynReceived };
        return isCrossed && record.LocalPort != 0 && record.Local == record.Remote ? "connected to itself" : Texts[PlaceOf(record.From, record.To)];
    }

    private static string?[] Index()
    {
        string?[] texts = new string?[States * States];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = Text((TcpState)(i / States), (TcpState)(i % States));
        }

        return texts;
    }

    private static string? Text(TcpState from, TcpState to) => LinuxStateChanges.OriginOf(from, to) switch
    {
        StateChangeOrigin.Unknown => NotInTable,
        StateChangeOrigin.Linux => from == to && from != TcpState.Listen ? "close() after shutdown()" : "MPTCP",
        StateChangeOrigin.Rfc => NameOf([.. TcpTransitions.Between(from, to)]),
    };

    /// <summary>Only the rare transitions have a name; a pair that an ordinary one leads through too is ordinary.</summary>
    private static string? NameOf(TcpTransition[] rows)
    {
        if (Array.TrueForAll(rows, row => row.Linux == LinuxSupport.Never))
        {
            return "in the transition table, but not of Linux";
        }

        return Array.TrueForAll(rows, row => row.IsRare) ? rows[0].Name : null;
    }

    private static int PlaceOf(TcpState from, TcpState to) => ((int)from * States) + (int)to;
}
