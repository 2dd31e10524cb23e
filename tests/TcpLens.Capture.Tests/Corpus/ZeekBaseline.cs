using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>What Zeek's own tests expect of one connection; empty where a baseline does not say.</summary>
internal sealed record ZeekBaseline(string Capture, bool IgnoresChecksums, string Originator, string Responder, string State, string History)
{
    /// <summary>Tests that stop Zeek before the connection ends: a script that filters packets away, an analyzer that has seen enough, timers that are held back.</summary>
    private static readonly string[] Stopped = ["scripts.base.frameworks.netcontrol.packetfilter", "scripts.base.protocols.ftp.gridftp"];

    /// <summary>Its baselines are of a longer capture than the one that is kept.</summary>
    private const string Shortened = "zeek__modbus__modbus-eit.pcap";

    /// <summary>How one test writes what conn_state calls RSTR.</summary>
    private const string BothEnds = "[orig endpoint state=CLOSED(5), resp endpoint state=RESET(6)]";

    /// <summary>Rows of Zeek's baselines that can be compared.</summary>
    public static IEnumerable<ZeekBaseline> Zeek()
        => from row in CaptureCorpus.Rows("oracle-zeek-conn.tsv")
           where !Stopped.Contains(row["zeek_test"]) && row["baseline_file"] != "conn-limited.log" && !row["history"].Contains('X')
           where row["capture"] != Shortened || row["conn_state"] == "OTH"
           select new ZeekBaseline(
               row["capture"], row["checksums_ignored(-C)"] == "y", EndOf(row["id.orig_h"], row["id.orig_p"]), EndOf(row["id.resp_h"], row["id.resp_p"]),
               row["conn_state"] == BothEnds ? "RSTR" : row["conn_state"], row["history"]);

    /// <summary>Rows of TCPRS' baselines: an older Zeek, which did not know ^, t, w and g, nor asked for a SYN before it said RSTOS0.</summary>
    public static IEnumerable<ZeekBaseline> Tcprs()
        => from row in CaptureCorpus.Rows("oracle-tcprs-conn.tsv")
           select new ZeekBaseline(
               row["capture"], true, EndOf(row["orig_h"], row["orig_p"]), EndOf(row["resp_h"], row["resp_p"]),
               row["conn_state"], row["history"]);

    private static string EndOf(string host, string port) => host.Length == 0 || port.Length == 0 ? "" : $"{HostAddress.Parse(host)}|{port}";
}
