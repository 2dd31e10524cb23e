using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>A glance as one JSON document (docs/json.md): everything the screen shows, and every counter that moved.</summary>
internal static class GlanceJson
{
    public static void Write(StandardOutput output, Glance glance, IReadOnlyList<Remark> remarks)
    {
        MachineSnapshot snapshot = glance.Snapshot;
        using var json = new JsonDocumentWriter(output);
        json.BeginDocument("tcplens.glance/1"u8, snapshot.HostName, snapshot.TakenAt);
        json.Text("kernel"u8, snapshot.Settings.KernelRelease);
        json.Text("netns"u8, snapshot.Namespace.DisplayName);
        json.Number("netns_inode"u8, (long)snapshot.Namespace.Inode);
        States(json, "states"u8, snapshot.Total);
        States(json, "states_ipv4"u8, snapshot.V4);
        States(json, "states_ipv6"u8, snapshot.V6);
        json.Number("unaccepted"u8, glance.Unaccepted);
        Listeners(json, glance);
        Names(json, "processes"u8, glance.Processes, withPid: true);
        Names(json, "remotes"u8, glance.Remotes, withPid: false);
        Ports(json, glance);
        Counters(json, glance);
        Judgements(json, remarks);
        json.Texts("not_seen"u8, snapshot.BlindSpots.Select(static blind => blind.ToString()));
        json.Texts("sources"u8, glance.Sources);
        json.EndDocument();
    }

    private static void States(JsonDocumentWriter json, ReadOnlySpan<byte> name, in StateCounts counts)
    {
        json.BeginObject(name);
        foreach (TcpState state in LifeOrder.States)
        {
            json.Number(TcpStateNames.Utf8Name(state, StateSpelling.Snake), counts[state]);
        }

        json.EndObject();
    }

    private static void Listeners(JsonDocumentWriter json, Glance glance)
    {
        json.BeginArray("listeners"u8);
        foreach (ListenerPressure listener in glance.Listeners)
        {
            SocketEntry entry = listener.Now.Entry;
            json.BeginObject();
            json.Address("local_address"u8, entry.Local.Address, entry.Family);
            json.Number("local_port"u8, (long)entry.Local.Port);
            json.Number("accept_queue_length"u8, (long)entry.ReceiveQueue);
            json.Number("accept_queue_limit"u8, (long)entry.SendQueue);
            json.Number("drops"u8, (long?)listener.Now.Drops);
            json.Number("drops_while_watched"u8, listener.DroppedMeanwhile);
            json.Number("unaccepted"u8, (long)listener.Unaccepted);
            json.Text("owner"u8, listener.Owner == "-" ? null : listener.Owner);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void Names(JsonDocumentWriter json, ReadOnlySpan<byte> name, IReadOnlyList<NamedCount> names, bool withPid)
    {
        json.BeginArray(name);
        foreach (NamedCount named in names)
        {
            json.BeginObject();
            json.Text("name"u8, named.Name);
            if (withPid)
            {
                json.Number("pid"u8, (long)named.Pid);
            }

            json.Number("total"u8, named.Total);
            States(json, "states"u8, named.Counts);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void Ports(JsonDocumentWriter json, Glance glance)
    {
        json.Number("usable_ports"u8, glance.UsablePorts == 0 ? null : (long?)glance.UsablePorts);
        json.BeginArray("port_use"u8);
        foreach (PortUse use in glance.Ports)
        {
            json.BeginObject();
            json.Text("source_address"u8, use.Source.ToString());
            json.Text("destination_address"u8, use.Destination.Address.ToString());
            json.Number("destination_port"u8, (long)use.Destination.Port);
            json.Number("used"u8, (long)use.Used);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void Counters(JsonDocumentWriter json, Glance glance)
    {
        json.Number("watched_ms"u8, (long)glance.Moved.Elapsed.TotalMilliseconds);
        json.BeginArray("counters_moved"u8);
        foreach (CounterChange change in glance.Moved.Moved())
        {
            json.BeginObject();
            json.Text("name"u8, change.Name.Text);
            json.Text("scope"u8, change.Name.Scope == CounterScope.Host ? "host" : "namespace");
            json.Number("value"u8, change.Value);
            json.Number("change"u8, change.Change);
            json.Number("per_second"u8, change.PerSecond);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void Judgements(JsonDocumentWriter json, IReadOnlyList<Remark> remarks)
    {
        json.BeginArray("judgement"u8);
        foreach (Remark remark in remarks)
        {
            json.BeginObject();
            json.Word("severity"u8, Encoding.ASCII.GetBytes(remark.Severity.ToString().ToLowerInvariant()));
            json.Text("text"u8, remark.Text);
            json.Text("next"u8, remark.Next);
            json.EndObject();
        }

        json.EndArray();
    }
}
