using System.Net;
using System.Text.Json;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Reads back what <c>tcplens list --json</c> wrote. A file that is something else is one clear error.</summary>
internal static class SavedList
{
    private const string Schema = "tcplens.list/1";

    /// <param name="path">The file.</param>
    /// <param name="owners">Gets the holders that the file names, by cookie.</param>
    /// <exception cref="UsageException">The file is not a saved list.</exception>
    public static SocketPicture Read(string path, OwnerMemory owners)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            if (root.GetProperty("schema").GetString() != Schema)
            {
                throw new UsageException($"{path}: its schema is {root.GetProperty("schema").GetString()}, not {Schema}; save one with: tcplens list --json > FILE");
            }

            List<SocketEntry> sockets = [];
            foreach (JsonElement socket in root.GetProperty("sockets").EnumerateArray())
            {
                SocketEntry entry = EntryOf(socket);
                sockets.Add(entry);
                owners.Remember(entry.Cookie, HoldersOf(socket));
            }

            return SocketPicture.Of(root.GetProperty("taken_at").GetDateTimeOffset(), sockets);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UsageException($"{path}: this is no list saved by 'tcplens list --json' ({failure.Message})", failure);
        }
    }

    private static SocketEntry EntryOf(JsonElement socket)
    {
        if (!TcpStateNames.TryParse(socket.GetProperty("state").GetString(), out TcpState state))
        {
            throw new FormatException($"no state is called {socket.GetProperty("state")}");
        }

        bool isListener = state == TcpState.Listen;
        return new SocketEntry
        {
            State = state,
            Family = socket.GetProperty("family").GetString() == "ipv4" ? IpFamily.V4 : IpFamily.V6,
            Local = EndpointOf(socket, "local_address", "local_port"),
            Remote = EndpointOf(socket, "remote_address", "remote_port"),
            ReceiveQueue = NumberOf(socket, isListener ? "accept_queue_length" : "receive_queue_bytes"),
            SendQueue = NumberOf(socket, isListener ? "accept_queue_limit" : "send_queue_bytes"),
            Inode = NumberOf(socket, "inode"),
            Namespace = NumberOf(socket, "netns_inode"),
            Cookie = socket.GetProperty("cookie") is { ValueKind: JsonValueKind.Number } cookie ? cookie.GetUInt64() : 0,
        };
    }

    private static Endpoint EndpointOf(JsonElement socket, string address, string port)
        => new(HostAddress.From(IPAddress.Parse(socket.GetProperty(address).GetString()!)), socket.GetProperty(port).GetUInt16());

    private static uint NumberOf(JsonElement socket, string name)
        => socket.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetUInt32() : 0;

    private static SocketHolder[] HoldersOf(JsonElement socket)
    {
        if (socket.GetProperty("processes") is not { ValueKind: JsonValueKind.Array } processes)
        {
            return [];
        }

        var holders = new SocketHolder[processes.GetArrayLength()];
        for (int i = 0; i < holders.Length; i++)
        {
            JsonElement process = processes[i];
            holders[i] = new(new ProcessRef(process.GetProperty("pid").GetInt32(), process.GetProperty("command").GetString() ?? "?"), process.GetProperty("fd").GetInt32());
        }

        return holders;
    }
}
