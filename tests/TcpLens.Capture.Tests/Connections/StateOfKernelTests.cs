using TcpLens.Observation;
using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Capture.Tests;

/// <summary>
/// Real sockets in each state, made by real stacks whose packets are captured while it happens: what the capture shows against what
/// the kernel says.
/// </summary>
public sealed class StateOfKernelTests
{
    [RootFact]
    public void What_a_capture_proves_of_an_end_is_the_state_that_its_kernel_has()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("tcplens-states-").FullName, "states.pcap");
        try
        {
            using var ns = new TestNamespace();
            using var capture = BackgroundProcess.Start(ns, "sh", "-c", $"exec tcpdump -i lo -U --immediate-mode -Z root -w {file} tcp 2>&1");
            using var states = KernelStates.Create(ns);
            ExpectedSocket[] ends = [.. states.Sockets.Where(socket => socket.State is not TcpState.Listen && socket.Remote.Port != 0)];
            Assert.InRange(ends.Length, 30, int.MaxValue);
            Until.True(() => Array.TrueForAll(ends, end => KnownState(file, end) is not null), "every connection must be in the capture");
            var proven = new HashSet<TcpState>();
            foreach (ExpectedSocket end in ends)
            {
                EndState known = KnownState(file, end)!.Value;
                if (known.Certainty == Certainty.Seen)
                {
                    Assert.True(known.State == end.State, $"{end}: the capture shows {known}");
                    proven.Add(known.State);
                }
            }

            Assert.Superset(new HashSet<TcpState> { TcpState.SynSent, TcpState.Established, TcpState.FinWait1, TcpState.CloseWait, TcpState.TimeWait }, proven);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    private static EndState? KnownState(string file, ExpectedSocket end)
    {
        CaptureAnalysis analysis = CaptureAnalysis.Of(File.OpenRead(file));
        ConnectionRecord? record = analysis.Connections.LastOrDefault(record => IsBetween(record, end.Local, end.Remote) || IsBetween(record, end.Remote, end.Local));
        return record?.FinalState(record.Originator == end.Local ? ConnectionEnd.Originator : ConnectionEnd.Responder);
    }

    private static bool IsBetween(ConnectionRecord record, Endpoint originator, Endpoint responder)
        => record.Originator == originator && record.Responder == responder;
}
