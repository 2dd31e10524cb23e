using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>What Zeek's own tests expect of one connection; empty where a baseline does not say.</summary>
internal sealed record ZeekBaseline(string Capture, bool IgnoresChecksums, string Originator, string Responder, string State, string History, int OriginatorPackets, int ResponderPackets)
{
    /// <summary>Rows of Zeek's baselines, TCP alone.</summary>
    public static IEnumerable<ZeekBaseline> Zeek()
        => from row in CaptureCorpus.Rows("oracle-zeek-conn.tsv")
           where row["proto"] is "" or "tcp" or "-" && (row["conn_state"].Length > 0 || row["history"].Length > 0)
           select new ZeekBaseline(
               row["capture"], row["checksums_ignored(-C)"] == "y", EndOf(row["id.orig_h"], row["id.orig_p"]), EndOf(row["id.resp_h"], row["id.resp_p"]),
               row["conn_state"].StartsWith('[') ? "" : row["conn_state"], row["history"], Number(row["orig_pkts"]), Number(row["resp_pkts"]));

    /// <summary>Rows of TCPRS' baselines: an older Zeek, which did not know ^, t, w and g, nor asked for a SYN before it said RSTOS0.</summary>
    public static IEnumerable<ZeekBaseline> Tcprs()
        => from row in CaptureCorpus.Rows("oracle-tcprs-conn.tsv")
           select new ZeekBaseline(
               row["capture"], true, EndOf(row["orig_h"], row["orig_p"]), EndOf(row["resp_h"], row["resp_p"]),
               row["conn_state"], row["history"], Number(row["orig_pkts"]), Number(row["resp_pkts"]));

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : -1;

    private static string EndOf(string host, string port) => host.Length == 0 || port.Length == 0 ? "" : $"{HostAddress.Parse(host)}|{port}";
}
