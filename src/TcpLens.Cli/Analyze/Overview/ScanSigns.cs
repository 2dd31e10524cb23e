using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Floods and scans as sentences; nothing where there is no sign of one.</summary>
internal static class ScanSigns
{
    /// <summary>Fewer unfinished handshakes, or ports tried, happen to any service and any client.</summary>
    private const int Few = 20;

    public static List<string> Of(CaptureFacts facts)
    {
        List<string> signs = [];
        foreach (SynTarget target in facts.SynTargets)
        {
            if (target.Unfinished - target.Error >= Few)
            {
                signs.Add($"{target.Target}: {Diagnosis.Words.Of(target.Unfinished - target.Error, "handshake")} begun and never finished, from about {Diagnosis.Words.Of(target.Sources, "address", "addresses")}");
            }
        }

        foreach (ScanSource source in facts.ScanSources)
        {
            if (source.Attempts - source.Error >= Few && (source.Ports >= Few || source.Hosts >= Few))
            {
                signs.Add($"{source.Source} tried about {Diagnosis.Words.Of(source.Ports, "port")} on about {Diagnosis.Words.Of(source.Hosts, "address", "addresses")}: {Diagnosis.Words.Of(source.Attempts - source.Error, "attempt")} refused or without an answer");
            }
        }

        if (facts.Of(SegmentMarks.IllegalBits) is { Segments: > 0 } illegal)
        {
            signs.Add($"{Diagnosis.Words.Of(illegal.Segments, "segment")} with control bits that no TCP sends together, in {Diagnosis.Words.Of(illegal.Connections, "connection")}");
        }

        return signs;
    }
}
