using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// The members of one socket in JSON (docs/json.md). Every member is always there: what was not asked for or is not known is null.
/// </summary>
internal sealed class SocketJson(JsonDocumentWriter json, ISocketContext context, bool withOwners, bool withInfo, bool withMemory)
{
    private static readonly Lazy<byte[][]> InfoKeys = new(static () => Array.ConvertAll(TcpInfoField.All, static field => Encoding.UTF8.GetBytes(field.Key)));

    public void Write(in SocketEntry entry, SocketDetail? detail)
    {
        bool isListener = entry.State == TcpState.Listen;
        json.Word("state"u8, TcpStateNames.Utf8Name(entry.State, StateSpelling.Snake));
        json.Word("family"u8, entry.Family == IpFamily.V4 ? "ipv4"u8 : "ipv6"u8);
        json.Word("transport"u8, entry.Transport == Transport.Tcp ? "tcp"u8 : "mptcp"u8);
        json.Text("kind"u8, SocketColumn.KindName(entry.Kind));
        json.Address("local_address"u8, entry.Local.Address, entry.Family);
        json.Number("local_port"u8, (long)entry.Local.Port);
        json.Address("remote_address"u8, entry.Remote.Address, entry.Family);
        json.Number("remote_port"u8, (long)entry.Remote.Port);
        json.Number("receive_queue_bytes"u8, isListener ? null : (long?)entry.ReceiveQueue);
        json.Number("send_queue_bytes"u8, isListener ? null : (long?)entry.SendQueue);
        json.Number("accept_queue_length"u8, isListener ? (long?)entry.ReceiveQueue : null);
        json.Number("accept_queue_limit"u8, isListener ? (long?)entry.SendQueue : null);
        json.Text("timer"u8, TimerNames.Of(entry.Timer));
        json.Number("timer_ms"u8, entry.Timer == SocketTimer.Off ? null : (long?)entry.TimerMilliseconds);
        json.Number("timer_retransmits"u8, entry.Timer == SocketTimer.Off ? null : (long?)entry.TimerRetransmits);
        json.Number("uid"u8, entry.Kind == SocketKind.Full ? (long?)entry.UserId : null);
        json.Number("inode"u8, entry.Inode == 0 ? null : (long?)entry.Inode);
        json.Number("cookie"u8, entry.Cookie == 0 ? null : (ulong?)entry.Cookie);
        json.Number("interface_index"u8, entry.Interface == 0 ? null : (long?)entry.Interface);
        json.Number("mark"u8, (long?)entry.Mark);
        json.Number("cgroup_id"u8, entry.CgroupId == 0 ? null : (ulong?)entry.CgroupId);
        json.Text("container"u8, context.ContainerOf(in entry));
        json.Number("netns_inode"u8, entry.Namespace == 0 ? null : (long?)entry.Namespace);
        json.Text("netns"u8, context.NamespaceName(entry.Namespace));
        json.Flag("shutdown_receive"u8, entry.Kind == SocketKind.Full ? entry.Shutdown.HasFlag(Shutdown.Receive) : null);
        json.Flag("shutdown_send"u8, entry.Kind == SocketKind.Full ? entry.Shutdown.HasFlag(Shutdown.Send) : null);
        WriteProcesses(in entry);
        WriteInfo(detail);
        WriteMemory(detail?.Memory);
    }

    private void WriteProcesses(in SocketEntry entry)
    {
        if (!withOwners)
        {
            json.Null("processes"u8);
            return;
        }

        json.BeginArray("processes"u8);
        foreach (SocketHolder holder in context.HoldersOf(in entry))
        {
            json.BeginObject();
            json.Number("pid"u8, (long)holder.Process.Pid);
            json.Text("command"u8, holder.Process.Command);
            json.Number("fd"u8, (long)holder.Descriptor);
            json.Flag("past"u8, SocketColumn.IsPast(in entry));
            json.EndObject();
        }

        json.EndArray();
    }

    private void WriteInfo(SocketDetail? detail)
    {
        json.Text("congestion_control"u8, detail?.CongestionControl);
        json.Text("upper_layer_protocol"u8, detail?.UpperLayerProtocol);
        json.Flag("locked"u8, withInfo ? detail?.IsLocked ?? false : null);
        if (!withInfo || detail?.Info is not { } info)
        {
            json.Null("tcp_info"u8);
            return;
        }

        json.BeginObject("tcp_info"u8);
        for (int i = 0; i < TcpInfoField.All.Length; i++)
        {
            json.Number(InfoKeys.Value[i], TcpInfoField.All[i].Read(info));
        }

        json.Flag("delivery_rate_app_limited"u8, info.DeliveryRateAppLimited);
        json.Number("options"u8, (long?)info.Options);
        json.EndObject();
    }

    private void WriteMemory(SocketMemory? memory)
    {
        if (!withMemory || memory is not { } known)
        {
            json.Null("memory"u8);
            return;
        }

        json.BeginObject("memory"u8);
        json.Number("receive_allocated_bytes"u8, (long)known.ReceiveAllocated);
        json.Number("receive_buffer_bytes"u8, (long)known.ReceiveBuffer);
        json.Number("send_allocated_bytes"u8, (long)known.SendAllocated);
        json.Number("send_buffer_bytes"u8, (long)known.SendBuffer);
        json.Number("forward_allocated_bytes"u8, (long)known.ForwardAllocated);
        json.Number("send_queued_bytes"u8, (long)known.SendQueued);
        json.Number("option_bytes"u8, (long)known.OptionMemory);
        json.Number("backlog_bytes"u8, (long)known.Backlog);
        json.Number("drops"u8, (long)known.Drops);
        json.EndObject();
    }
}
